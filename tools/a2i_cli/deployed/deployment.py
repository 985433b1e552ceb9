"""Finds the parts of a deployed stack through SSM parameters below `/a2i/<stack>/`."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from a2i_cli.aws import AwsClients
from a2i_cli.deployed.account_clients import clients_of_backends
from a2i_cli.failures import CommandError
from a2i_cli.project import read_settings
from a2i_client.stack_parts import Flow, StackParts, not_deployed, read_parameters, read_stack_id
from a2i_core.names import stack_hash

__all__ = ["Deployment", "Flow", "find_deployment", "look_for_deployment"]

_STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")


@dataclass(frozen=True)
class Deployment(StackParts):
    """A deployed stack's parts.  The stack's id costs another call and is read on first use."""

    clients: AwsClients = field(kw_only=True)

    @cached_property
    def stack_id(self) -> str:
        """The stack's ARN."""
        return read_stack_id(self.clients.cloudformation, self.stack_name)

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
            f"{not_deployed(name, clients.ssm.meta.region_name)}:"
            " check --stack and AWS_REGION, or deploy it"
        )
    return deployment


def look_for_deployment(clients: AwsClients, stack_name: str) -> Deployment | None:
    """Return the parts of the stack of that name; None where it is not, or not fully, deployed."""
    parameters = read_parameters(clients.ssm, stack_name)
    if parameters is None:
        return None
    return Deployment(stack_name, parameters, clients=clients_of_backends(clients, parameters))


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
