"""Preflight checks of the region's one private workforce against the settings."""

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from a2i_cli.preflight_checks.findings import Finding, error, ok, warning
from a2i_core import workforce_remedies
from a2i_core.workforce_remedies import Identity

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import WorkforceTypeDef

_CHECK = "workforce"
_TEAM_CHECK = "work team"
_TEAM_KINDS = ("private-crowd", "vendor-crowd")
_ARN_PARTS = 6
_WORKFORCE_TYPES = ("AWS::SageMaker::Workforce", "Custom::A2IOidcWorkforce")
_LEFT_BEHIND = ("DELETE_COMPLETE", "DELETE_SKIPPED")
"""Statuses of what a stack had, and has no more."""


def own_workforces(cloudformation: "CloudFormationClient", stack_name: str) -> frozenset[str]:
    """Return what a stack calls the workforce that it has: its ARN or its name."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack_name)
    return frozenset(
        resource["PhysicalResourceId"]
        for page in pages
        for resource in page["StackResourceSummaries"]
        if resource["ResourceType"] in _WORKFORCE_TYPES
        and resource["ResourceStatus"] not in _LEFT_BEHIND
    )


def check_workforce(
    sagemaker: "SageMakerClient", wanted: Mapping[str, Any], own: Collection[str] = ()
) -> Iterator[Finding]:
    """Compare the workforce that exists, if any, with the settings `a2i.workforce`.

    own: what `own_workforces` found in the stack of the settings.
    """
    mode = wanted.get("mode", "create")
    if mode == "workteam":
        yield from _check_team(sagemaker, str(wanted.get("workteamArn", "")))
        return
    workforces = sagemaker.list_workforces(MaxResults=1)["Workforces"]
    existing = workforces[0] if workforces else None
    if mode == "adopt":
        yield _check_adopted(existing, wanted)
    elif existing is None:
        yield ok(_CHECK, f"none exists in the region: mode {mode!r} can make it")
    elif not _names(existing).isdisjoint(own):
        yield _check_own(existing, wanted)
    else:
        yield error(
            _CHECK,
            f"{existing['WorkforceName']!r} exists already, and a region has only one",
            _adopt(existing).in_settings,
        )


def check_workforce_of_own_app(
    sagemaker: "SageMakerClient", own: Collection[str] | None
) -> Iterator[Finding]:
    """Report the workforce that exists, if any, to an app whose constructs are not known here.

    own: what `own_workforces` found in the app's stack; None where it is not deployed.
    """
    workforces = sagemaker.list_workforces(MaxResults=1)["Workforces"]
    existing = workforces[0] if workforces else None
    if existing is None:
        yield ok(_CHECK, "none exists in the region: PrivateWorkforce or OidcWorkforce can make it")
    elif not _names(existing).isdisjoint(own or ()):
        yield ok(_CHECK, f"{existing['WorkforceName']!r} is the stack's own")
    elif own is not None:
        name = existing["WorkforceName"]
        yield ok(_CHECK, f"{name!r} is not the stack's own, which adds teams at most")
    else:
        yield warning(
            _CHECK,
            f"{existing['WorkforceName']!r} exists already, and a region has only one",
            f"{_adopt(existing).in_own_app}, unless the app does so already",
        )


def _check_own(existing: "WorkforceTypeDef", wanted: Mapping[str, Any]) -> Finding:
    name, identity = existing["WorkforceName"], _identity(existing)
    wanted_name = wanted.get("name", "default")
    wanted_identity = "oidc" if wanted.get("mode") == "create-oidc" else "cognito"
    if (name, identity) == (wanted_name, wanted_identity):
        return ok(_CHECK, f"{name!r} is the stack's own")
    return error(
        _CHECK,
        f"the stack has {name!r} with identity {identity}, of which neither can change, "
        f"the settings say {wanted_name!r} with {wanted_identity}",
        workforce_remedies.keep(name, identity).in_settings,
    )


def _check_adopted(existing: "WorkforceTypeDef | None", wanted: Mapping[str, Any]) -> Finding:
    name = wanted.get("name", "default")
    wanted_identity = wanted.get("identity", "cognito")
    if existing is None:
        return error(
            _CHECK,
            f"{name!r} is to be adopted, but none exists",
            workforce_remedies.create(wanted_identity).in_settings,
        )
    if existing["WorkforceName"] != name:
        return error(
            _CHECK,
            f"{name!r} is to be adopted, but the region's is {existing['WorkforceName']!r}",
            workforce_remedies.adopt_by_name(existing["WorkforceName"]).in_settings,
        )
    if wanted_identity != _identity(existing):
        return error(
            _CHECK,
            f"{name!r} signs workers in with {_identity(existing)}, the settings say "
            f"{wanted_identity}",
            _adopt(existing).in_settings,
        )
    return ok(_CHECK, f"{name!r} exists and can be adopted")


def _names(existing: "WorkforceTypeDef") -> set[str]:
    return {existing["WorkforceArn"], existing["WorkforceName"]}


def _identity(existing: "WorkforceTypeDef") -> Identity:
    return "oidc" if "OidcConfig" in existing else "cognito"


def _adopt(existing: "WorkforceTypeDef") -> workforce_remedies.Remedy:
    return workforce_remedies.adopt(existing["WorkforceName"], _identity(existing))


def _check_team(sagemaker: "SageMakerClient", arn: str) -> Iterator[Finding]:
    kind = _team_kind(arn)
    if kind is None:
        yield error(
            _TEAM_CHECK,
            f"{arn!r} is no ARN of a work team",
            "set a2i.workforce.workteamArn to arn:aws:sagemaker:<region>:<account>:workteam/<kind>/"
            "<name> with the kind " + " or ".join(_TEAM_KINDS),
        )
        return
    region = sagemaker.meta.region_name
    if arn.split(":")[3] != region:
        yield error(
            _TEAM_CHECK,
            f"{arn} is not in {region}",
            "set a2i.workforce.workteamArn to a team of the region that you deploy to",
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
        "set a2i.workforce.workteamArn to one of aws sagemaker list-workteams",
    )


def _team_kind(arn: str) -> str | None:
    """Return the kind of team that an ARN names; None where it is no such ARN."""
    parts = arn.split(":")
    if len(parts) != _ARN_PARTS or parts[2] != "sagemaker":
        return None
    resource, _, rest = parts[5].partition("/")
    kind, _, name = rest.partition("/")
    return kind if resource == "workteam" and kind in _TEAM_KINDS and name else None
