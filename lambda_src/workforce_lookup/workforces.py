"""The region's private workforce against what the stack wants of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from a2i_shared.errors import WorkforceExistsError, WorkforceNotFoundError

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import WorkforceTypeDef


@dataclass(frozen=True)
class Workforce:
    """Name and identity provider that the settings give a workforce."""

    name: str
    identity: str


@dataclass(frozen=True)
class Workforces:
    sagemaker: SageMakerClient

    def require_free(self, wanted: Workforce, is_own: Callable[[str], bool]) -> None:
        """Raises WorkforceExistsError with the settings that live with the one that is there.

        `is_own` says of an ARN whether it is the stack's own, from an earlier deployment.
        """
        existing = self._existing()
        if existing is None:
            return
        found = _as_settings(existing)
        if not is_own(existing["WorkforceArn"]):
            raise WorkforceExistsError(
                f"workforce {found.name!r} exists already, and a region has only one: set "
                f"a2i.workforce to {_adopting(found)}"
            )
        if wanted != found:
            raise WorkforceExistsError(
                f"the stack has workforce {found.name!r} with identity {found.identity}, of which "
                f"neither can change, got {wanted.name!r} with {wanted.identity}: keep "
                "a2i.workforce.name and mode, or delete the stack and the workforce first"
            )

    def adopt(self, wanted: Workforce) -> dict[str, str]:
        """Attributes that a team needs of the workforce. Raises WorkforceNotFoundError."""
        existing = self._existing()
        if existing is None:
            raise WorkforceNotFoundError(
                f"workforce {wanted.name!r} is to be adopted, but the region has none: set "
                'a2i.workforce.mode to "create"'
            )
        found = _as_settings(existing)
        if found.name != wanted.name:
            raise WorkforceNotFoundError(
                f"workforce {wanted.name!r} is to be adopted, but the region's is "
                f"{found.name!r}: set a2i.workforce.name to it"
            )
        if found.identity != wanted.identity:
            raise WorkforceNotFoundError(
                f"workforce {found.name!r} signs workers in with {found.identity}, not "
                f"{wanted.identity}: set a2i.workforce to {_adopting(found)}"
            )
        cognito = existing.get("CognitoConfig", {"UserPool": "", "ClientId": ""})
        return {
            "WorkforceName": found.name,
            "WorkforceArn": existing["WorkforceArn"],
            "SubDomain": existing.get("SubDomain", ""),
            "UserPoolId": cognito["UserPool"],
            "ClientId": cognito["ClientId"],
        }

    def _existing(self) -> WorkforceTypeDef | None:
        found = self.sagemaker.list_workforces(MaxResults=1)["Workforces"]
        return found[0] if found else None


def _as_settings(existing: WorkforceTypeDef) -> Workforce:
    identity = "oidc" if existing.get("OidcConfig") else "cognito"
    return Workforce(existing["WorkforceName"], identity)


def _adopting(found: Workforce) -> str:
    """The settings that adopt a workforce."""
    groups = {"groups": ["<a group of the provider>"]} if found.identity == "oidc" else {}
    return json.dumps({"mode": "adopt", "name": found.name, "identity": found.identity, **groups})
