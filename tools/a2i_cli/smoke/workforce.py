"""Settings that let a throw-away stack live with the workforce that a region has, or make one."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from a2i_cli.failures import CommandError

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

Context = dict[str, str]


def workforce_context(
    sagemaker: "SageMakerClient", worker: str | None, groups: Sequence[str]
) -> Context:
    """Return the CDK context that adopts the region's workforce, or makes one for `worker`.

    Raises:
        CommandError: a worker or a group of the identity provider is missing.
    """
    existing = sagemaker.list_workforces(MaxResults=1)["Workforces"]
    if not existing:
        return {
            "a2i.workforce.mode": "create",
            "a2i.workforce.workers": json.dumps([_required(worker, "makes the workforce")]),
        }
    found = existing[0]
    adopt = {
        "a2i.workforce.mode": "adopt",
        "a2i.workforce.name": found["WorkforceName"],
        "a2i.workforce.workers": "[]",
    }
    if "OidcConfig" not in found:
        _required(worker, f"adds a team to workforce {found['WorkforceName']!r}")
        return adopt
    if not groups:
        raise CommandError(
            f"workforce {found['WorkforceName']!r} signs people in with an identity provider: pass"
            " --group with one of its groups"
        )
    return {
        **adopt,
        "a2i.workforce.identity": "oidc",
        "a2i.workforce.groups": json.dumps([*groups]),
    }


def _required(worker: str | None, why: str) -> str:
    if worker is None:
        raise CommandError(f"the smoke test {why}: pass --worker with the address of who answers")
    return worker
