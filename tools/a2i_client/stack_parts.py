"""Parts of a deployed stack: SSM parameters below `/a2i/<stack>/`, and the stack's id."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_ssm import SSMClient

PART_NAMES = frozenset(
    {
        "starter-function-name",
        "queue-url",
        "dead-letter-queue-url",
        "input-bucket",
        "output-bucket",
        "ledger-table",
    }
)


@dataclass(frozen=True)
class Flow:
    """Flow of the stack's registry, with its current flow definition."""

    name: str
    flow_definition_arn: str

    @property
    def flow_definition_name(self) -> str:
        """The last part of the ARN."""
        return self.flow_definition_arn.rpartition("/")[2]


@dataclass(frozen=True)
class StackParts:
    """Names and URLs of a stack's parts."""

    stack_name: str
    parameters: Mapping[str, str] = field(repr=False)
    """Values by their names below `/a2i/<stack>/`."""

    @property
    def starter_function_name(self) -> str:
        """Name of the starter function."""
        return self.parameters["starter-function-name"]

    @property
    def queue_url(self) -> str:
        """The queue in front of the starter."""
        return self.parameters["queue-url"]

    @property
    def dead_letter_queue_url(self) -> str:
        """URL of the queue of requests that could not be started."""
        return self.parameters["dead-letter-queue-url"]

    @property
    def input_bucket(self) -> str:
        """The bucket of requests."""
        return self.parameters["input-bucket"]

    @property
    def output_bucket(self) -> str:
        """The bucket of A2I's output and of results."""
        return self.parameters["output-bucket"]

    @property
    def ledger_table(self) -> str:
        """The table with one item per review."""
        return self.parameters["ledger-table"]

    @cached_property
    def flows(self) -> dict[str, Flow]:
        """The stack's flows by name."""
        documents = (
            json.loads(value)
            for name, value in sorted(self.parameters.items())
            if name.startswith("flows/")
        )
        return {
            document["flow"]: Flow(document["flow"], document["flowDefinitionArn"])
            for document in documents
        }


def read_parameters(ssm: "SSMClient", stack_name: str) -> dict[str, str] | None:
    """Return the parameters of a stack; None where it is not, or not fully, deployed."""
    path = f"/a2i/{stack_name}"
    parameters = dict(_parameters_below(ssm, path))
    return parameters if parameters.keys() >= PART_NAMES else None


def not_deployed(stack_name: str, region: str) -> str:
    """Return the words for a stack of which `read_parameters` finds nothing."""
    return (
        f"no stack {stack_name!r} with reviews is deployed in {region}: below /a2i/{stack_name}/"
        " its parameters are missing"
    )


def read_stack_id(cloudformation: "CloudFormationClient", stack_name: str) -> str:
    """Return a stack's ARN; the names of its human loops and flow definitions derive from it."""
    return cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]["StackId"]


def _parameters_below(ssm: "SSMClient", path: str) -> Iterator[tuple[str, str]]:
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True)
    for page in pages:
        for parameter in page["Parameters"]:
            yield parameter["Name"].removeprefix(f"{path}/"), parameter["Value"]
