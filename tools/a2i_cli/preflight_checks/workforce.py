"""The region's one private workforce against what the settings want of it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from a2i_cli.preflight_checks.findings import Finding, error, ok

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import WorkforceTypeDef

_CHECK = "workforce"
_TEAM_CHECK = "work team"
_TEAM_KINDS = ("private-crowd", "vendor-crowd", "public-crowd")
_ARN_PARTS = 6


def check_workforce(
    sagemaker: "SageMakerClient", wanted: Mapping[str, Any], *, stack_exists: bool
) -> Iterator[Finding]:
    """Compare the workforce that exists, if any, with the settings `a2i.workforce`."""
    mode = wanted.get("mode", "create")
    if mode == "workteam":
        yield from _check_team(sagemaker, str(wanted.get("workteamArn", "")))
        return
    workforces = sagemaker.list_workforces(MaxResults=1)["Workforces"]
    existing = workforces[0] if workforces else None
    if mode == "adopt":
        yield _check_adopted(existing, wanted)
    else:
        yield _check_free(existing, mode, stack_exists=stack_exists)


def _check_free(existing: "WorkforceTypeDef | None", mode: str, *, stack_exists: bool) -> Finding:
    if existing is None:
        return ok(_CHECK, f"none exists in the region: mode {mode!r} can make it")
    name = existing["WorkforceName"]
    if stack_exists:
        return ok(_CHECK, f"{name!r} exists, and so does the stack that is to have it")
    identity = "oidc" if "OidcConfig" in existing else "cognito"
    return error(
        _CHECK,
        f"{name!r} exists already, and a region has only one",
        f'set a2i.workforce to {{"mode": "adopt", "name": "{name}", "identity": "{identity}"}}',
    )


def _check_adopted(existing: "WorkforceTypeDef | None", wanted: Mapping[str, Any]) -> Finding:
    name = wanted.get("name", "default")
    if existing is None:
        return error(
            _CHECK, f"{name!r} is to be adopted, but none exists", 'set its mode to "create"'
        )
    if existing["WorkforceName"] != name:
        return error(
            _CHECK,
            f"{name!r} is to be adopted, but the region's is {existing['WorkforceName']!r}",
            f'set a2i.workforce.name to "{existing["WorkforceName"]}"',
        )
    identity = "oidc" if "OidcConfig" in existing else "cognito"
    if wanted.get("identity", identity) != identity:
        return error(
            _CHECK,
            f"{name!r} signs workers in with {identity}, the settings say {wanted['identity']}",
            f'set a2i.workforce.identity to "{identity}"',
        )
    return ok(_CHECK, f"{name!r} exists and can be adopted")


def _check_team(sagemaker: "SageMakerClient", arn: str) -> Iterator[Finding]:
    kind = _team_kind(arn)
    if kind is None:
        yield error(
            _TEAM_CHECK,
            f"{arn!r} is no ARN of a work team",
            "use arn:aws:sagemaker:<region>:<account>:workteam/<kind>/<name> with the kind "
            + " or ".join(_TEAM_KINDS),
        )
        return
    region = sagemaker.meta.region_name
    if arn.split(":")[3] != region:
        yield error(
            _TEAM_CHECK, f"{arn} is not in {region}", "use a team of the region that you deploy to"
        )
        return
    if kind != "private-crowd":
        yield ok(_TEAM_CHECK, f"{arn} is of kind {kind}; only AWS can tell that it exists")
        return
    yield _check_private_team(sagemaker, arn)


def _check_private_team(sagemaker: "SageMakerClient", arn: str) -> Finding:
    name = arn.rpartition("/")[2]
    pages = sagemaker.get_paginator("list_workteams").paginate(NameContains=name)
    arns = {team["WorkteamArn"] for page in pages for team in page["Workteams"]}
    if arn in arns:
        return ok(_TEAM_CHECK, f"{arn} exists")
    return error(
        _TEAM_CHECK,
        f"{arn} does not exist in this account and region",
        "see aws sagemaker list-workteams",
    )


def _team_kind(arn: str) -> str | None:
    """Return the kind of team that an ARN names; None where it is no such ARN."""
    parts = arn.split(":")
    if len(parts) != _ARN_PARTS or parts[2] != "sagemaker":
        return None
    resource, _, rest = parts[5].partition("/")
    kind, _, name = rest.partition("/")
    return kind if resource == "workteam" and kind in _TEAM_KINDS and name else None
