"""The work teams and the workforce that a stack defines, for what guards them."""

from dataclasses import dataclass, field
from typing import Protocol
from weakref import WeakKeyDictionary

from aws_cdk import CfnDeletionPolicy, CfnResource, RemovalPolicy, Stack
from constructs import Construct

from a2i_constructs.functions.names import path_in_stack


class Team(Protocol):
    """A work team of the template."""

    @property
    def workteam_arn(self) -> str:
        """The ARN of the team; a token."""

    @property
    def removal_policy(self) -> RemovalPolicy:
        """Removal policy of the work team."""


@dataclass
class StackReviewers:
    """What one stack defines.

    Attributes:
        teams: The work teams, by their paths in the stack.
        workforces: ARNs of workforces, as tokens, by their paths; a region has one.
        deleted_workforces: Those of them that are deleted with their place in the template.
    """

    teams: dict[str, Team] = field(default_factory=dict)
    workforces: dict[str, str] = field(default_factory=dict)
    deleted_workforces: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, scope: Construct) -> "StackReviewers":
        """Those of the stack that `scope` is in."""
        return _KNOWN.setdefault(Stack.of(scope), cls())

    def add_workforce(self, scope: Construct, arn: str, removal_policy: RemovalPolicy) -> None:
        """Note a workforce of the template."""
        place = path_in_stack(scope)
        self.workforces[place] = arn
        if removal_policy is RemovalPolicy.DESTROY:
            self.deleted_workforces[place] = arn


_KNOWN: WeakKeyDictionary[Stack, StackReviewers] = WeakKeyDictionary()


def keep_when_replaced(resource: CfnResource, removal_policy: RemovalPolicy) -> None:
    """Retain what an update replaces: pending reviews may need it. Otherwise follow the policy.

    A creation that fails leaves nothing.
    """
    goes = removal_policy is RemovalPolicy.DESTROY
    resource.apply_removal_policy(
        RemovalPolicy.DESTROY if goes else RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
    )
    resource.cfn_options.update_replace_policy = CfnDeletionPolicy.RETAIN
