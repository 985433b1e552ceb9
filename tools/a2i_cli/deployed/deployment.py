"""Finds the parts of a deployed stack through SSM parameters below `/a2i/<stack>/`."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from a2i_cli.aws import AwsClients
from a2i_cli.failures import CommandError
from a2i_cli.project import read_settings
from a2i_core.names import stack_hash

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

_STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
_PART_NAMES = (
    "starter-function-name",
    "queue-url",
    "dead-letter-queue-url",
    "input-bucket",
    "output-bucket",
    "ledger-table",
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
class Deployment:
    """A deployed stack's parts.  The stack's id costs another call and is read on first use."""

    clients: AwsClients
    stack_name: str
    parameters: dict[str, str] = field(repr=False)

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

    @cached_property
    def stack_id(self) -> str:
        """The stack's ARN; the names of its human loops and flow definitions derive from it."""
        found = self.clients.cloudformation.describe_stacks(StackName=self.stack_name)
        return found["Stacks"][0]["StackId"]

    @property
    def stack_hash(self) -> str:
        """Hash of the stack's id, part of the names of its flow definitions."""
        return stack_hash(self.stack_id)

    def refuse_unknown_flow(self, name: str | None) -> None:
        """Refuse a mistyped flow, of which nothing was found.

        For when nothing was found of it: a removed flow may still have reviews.

        Raises:
            CommandError: the stack has no flow of that name.
        """
        if name is not None and name not in self.flows:
            known = ", ".join(self.flows) or "none"
            raise CommandError(
                f"stack {self.stack_name} has no flow {name!r}, and no such reviews of a removed"
                f" one; it has: {known}: correct --flow"
            )


def find_deployment(clients: AwsClients, stack_name: str | None) -> Deployment:
    """Return the parts of the stack of that name; None means the one that cdk.json names.

    Raises:
        CommandError: no name is known, it cannot be a stack's, or no such stack is deployed in the
            region.
    """
    name = _stack_name_of_project(Path.cwd()) if stack_name is None else stack_name
    refuse_impossible_name(name)
    deployment = look_for_deployment(clients, name)
    if deployment is None:
        raise CommandError(
            f"no stack {name!r} with reviews is deployed in {clients.ssm.meta.region_name}: below"
            f" /a2i/{name}/ its parameters are missing: check --stack and AWS_REGION, or deploy it"
        )
    return deployment


def look_for_deployment(clients: AwsClients, stack_name: str) -> Deployment | None:
    """Return the parts of the stack of that name; None where it is not, or not fully, deployed."""
    parameters = dict(_read_parameters(clients.ssm, f"/a2i/{stack_name}/"))
    if not parameters.keys() >= set(_PART_NAMES):
        return None
    return Deployment(clients, stack_name, parameters)


def refuse_impossible_name(stack_name: str) -> None:
    """Refuse what CloudFormation would not take as a stack's name.

    Raises:
        CommandError: The name is impossible.
    """
    if not _STACK_NAME.fullmatch(stack_name):
        raise CommandError(
            f"{stack_name!r} cannot be the name of a stack, which has up to 128 letters, digits and"
            " hyphens, a letter first: correct --stack, or a2i.stackName in cdk.json"
        )


def _stack_name_of_project(folder: Path) -> str:
    name = (read_settings(folder) or {}).get("stackName")
    if not isinstance(name, str):
        raise CommandError(
            "no stack is named: pass --stack NAME, or run the command in a project whose cdk.json"
            " sets a2i.stackName"
        )
    return name


def _read_parameters(ssm: "SSMClient", path: str) -> Iterator[tuple[str, str]]:
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True)
    for page in pages:
        for parameter in page["Parameters"]:
            yield parameter["Name"].removeprefix(path), parameter["Value"]
