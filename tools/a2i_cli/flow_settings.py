"""Converts a described flow definition into settings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from a2i_cli.failures import CommandError

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.type_defs import DescribeFlowDefinitionResponseTypeDef

MAX_FLOW_NAME = 40
_PUBLIC_TEAM = "workteam/public-crowd/"


@dataclass(frozen=True)
class ImportedFlow:
    """A flow definition in the terms of this project."""

    settings: dict[str, Any]
    """Settings below the context `a2i`: workforce, data where there is a key, one flow."""
    remarks: tuple[str, ...]
    """Notes on what settings cannot say, a line each."""


def flow_settings(
    described: "DescribeFlowDefinitionResponseTypeDef", template: str
) -> ImportedFlow:
    """Return the settings for a response of DescribeFlowDefinition.

    template: what the flow's `template` is to say.

    Raises:
        CommandError: it belongs to a task type that Amazon built in, or to the public team.
    """
    _check_custom(described)
    loop, output = described["HumanLoopConfig"], described["OutputConfig"]
    settings: dict[str, Any] = {
        "workforce": {"mode": "workteam", "workteamArn": loop["WorkteamArn"]},
        "flows": [_flow(described["FlowDefinitionName"], loop, template)],
    }
    key = output.get("KmsKeyId", "")
    if key.startswith("arn:"):
        settings["data"] = {"kmsKeyArn": key}
    return ImportedFlow(settings, tuple(_remarks(described)))


def iso_duration(seconds: int) -> str:
    """Return an ISO 8601 duration: 864000 is P10D, 5400 is PT1H30M."""
    length = timedelta(seconds=seconds)
    minutes, rest = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "H"), (minutes, "M"), (rest, "S"))
    time = "".join(f"{count}{unit}" for count, unit in parts if count)
    days = f"{length.days}D" if length.days else ""
    return f"P{days}{'T' if time else ''}{time}"


def _check_custom(described: "DescribeFlowDefinitionResponseTypeDef") -> None:
    name = described["FlowDefinitionName"]
    source = described.get("HumanLoopRequestSource")
    if source:
        raise CommandError(
            f"flow definition {name} belongs to the built-in task type "
            f"{source['AwsManagedHumanLoopRequestSource']}: only custom task types can be imported"
        )
    if "HumanLoopConfig" not in described:
        raise CommandError(f"flow definition {name} has no HumanLoopConfig: nothing to import")
    if _PUBLIC_TEAM in described["HumanLoopConfig"]["WorkteamArn"]:
        raise CommandError(
            f"flow definition {name} is for the public team, which ended when Amazon Mechanical "
            "Turk closed on 2026-09-30: give its tasks to a private or a vendor's team"
        )


def _flow(name: str, loop: Mapping[str, Any], template: str) -> dict[str, Any]:
    flow: dict[str, Any] = {
        "name": _flow_name(name),
        "template": template,
        "title": loop["TaskTitle"],
        "description": loop["TaskDescription"],
        "taskCount": loop["TaskCount"],
        "reviewWhen": {"always": {}},
    }
    for setting, field in (
        ("taskAvailability", "TaskAvailabilityLifetimeInSeconds"),
        ("taskTimeLimit", "TaskTimeLimitInSeconds"),
    ):
        if field in loop:
            flow[setting] = iso_duration(loop[field])
    if loop.get("TaskKeywords"):
        flow["keywords"] = list(loop["TaskKeywords"])
    return flow


def _flow_name(name: str) -> str:
    """Return the name as a flow of ours may have it: shorter, and hyphens only inside."""
    return re.sub(r"-+$", "", name[:MAX_FLOW_NAME])


def _remarks(described: "DescribeFlowDefinitionResponseTypeDef") -> list[str]:
    output = described["OutputConfig"]
    remarks = [
        "reviewWhen is set to always: a custom task type has no conditions of its own, "
        "your application decided until now",
        f"role {described['RoleArn']} and output {output['S3OutputPath']} are not settings: a new "
        "role and new buckets are made; to keep them, see 'Buckets and role' in docs/migrating.md",
    ]
    key = output.get("KmsKeyId")
    if key and not key.startswith("arn:"):
        remarks.append(
            f"key {key} is not an ARN: put the key's ARN into data.kmsKeyArn to keep using it"
        )
    return remarks
