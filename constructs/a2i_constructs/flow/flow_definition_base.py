"""Grants and event rules that defined and imported flow definitions share."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, Protocol

from aws_cdk import Fn, Resource, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from a2i_constructs.backends.review_backend import ReviewBackend

STATUS_CHANGE = "SageMaker A2I HumanLoop Status Change"


class IFlowDefinition(Protocol):
    """A flow definition, defined here or elsewhere."""

    @property
    def flow_definition_arn(self) -> str:
        """The ARN of the flow definition."""

    @property
    def flow_definition_name(self) -> str:
        """The name of the flow definition."""

    def grant_start_human_loop(self, grantee: iam.IGrantable) -> iam.Grant:
        """Permit `grantee` to start human loops of this flow, and no others.

        Human loops in the account are started at an endpoint that all flows of the stack share. It
        keeps a list of the flows that each role was granted, so `grantee` must have a role there.

        Raises:
            ValueError: Human loops live in the account, and `grantee` has no role, or one of
                another stack without a `role_name`.
        """

    def on_human_loop_status_change(
        self, construct_id: str, *, target: events.IRuleTarget | None = None
    ) -> events.Rule:
        """Define a rule for every end of a human loop of this flow.

        Args:
            construct_id: Name of the rule.
            target: What gets the events. Default: nothing, until `add_target`.
        """


class FlowDefinitionBase(Resource):
    """Grants and events of flow definitions."""

    @property
    @abstractmethod
    def flow_definition_arn(self) -> str:
        """The ARN of the flow definition."""

    @property
    @abstractmethod
    def flow_definition_name(self) -> str:
        """The name of the flow definition."""

    @property
    @abstractmethod
    def human_loop_arn_pattern(self) -> str:
        """An ARN with a wildcard that covers the human loops of this flow."""

    @property
    @abstractmethod
    def _event_matcher(self) -> list[Any]:
        """Matches `detail.flowDefinitionArn` of this flow's events."""

    def grant_start_human_loop(self, grantee: iam.IGrantable) -> iam.Grant:
        """Permit `grantee` to start human loops of this flow, and no others.

        Raises:
            ValueError: Human loops live in the account, and `grantee` has no role, or one of
                another stack without a `role_name`.
        """
        backend = ReviewBackend.of(self)
        return backend.grant_start_human_loop(grantee, self, self.flow_definition_arn)

    def on_human_loop_status_change(
        self,
        construct_id: str,
        *,
        target: events.IRuleTarget | None = None,
        statuses: Sequence[str] = ("Completed", "Failed", "Stopped"),
    ) -> events.Rule:
        """Define a rule for the ends of human loops of this flow.

        A2I sends each event at least once, so that targets see some twice.

        Args:
            construct_id: Name of the rule.
            target: What gets the events. Default: nothing, until `add_target`.
            statuses: Which ends: `Completed`, `Failed` (expired ones included), `Stopped`.
        """
        return events.Rule(
            self,
            construct_id,
            event_pattern=events.EventPattern(
                source=[*ReviewBackend.of(self).event_sources],
                detail_type=[STATUS_CHANGE],
                detail={
                    "flowDefinitionArn": self._event_matcher,
                    "humanLoopStatus": [*statuses],
                },
            ),
            targets=[target] if target else None,
        )

    def on_human_loop_completed(
        self, construct_id: str, *, target: events.IRuleTarget | None = None
    ) -> events.Rule:
        """Define a rule for human loops that all reviewers have answered.

        Args:
            construct_id: Name of the rule.
            target: What gets the events. Default: nothing, until `add_target`.
        """
        return self.on_human_loop_status_change(construct_id, target=target, statuses=["Completed"])

    def on_human_loop_failed(
        self, construct_id: str, *, target: events.IRuleTarget | None = None
    ) -> events.Rule:
        """Define a rule for human loops that failed or expired.

        Args:
            construct_id: Name of the rule.
            target: What gets the events. Default: nothing, until `add_target`.
        """
        return self.on_human_loop_status_change(construct_id, target=target, statuses=["Failed"])

    def on_human_loop_stopped(
        self, construct_id: str, *, target: events.IRuleTarget | None = None
    ) -> events.Rule:
        """Define a rule for human loops that somebody stopped.

        Args:
            construct_id: Name of the rule.
            target: What gets the events. Default: nothing, until `add_target`.
        """
        return self.on_human_loop_status_change(construct_id, target=target, statuses=["Stopped"])

    def _human_loop_arn(self, name: str) -> str:
        return Stack.of(self).format_arn(
            service="sagemaker", resource="human-loop", resource_name=name
        )


class ImportedFlowDefinition(FlowDefinitionBase):
    """A flow definition that exists, known by its ARN."""

    def __init__(self, scope: Construct, construct_id: str, *, flow_definition_arn: str) -> None:
        """Refer to the flow definition."""
        super().__init__(scope, construct_id, environment_from_arn=flow_definition_arn)
        self._arn = flow_definition_arn

    @property
    def flow_definition_arn(self) -> str:
        """The ARN of the flow definition."""
        return self._arn

    @property
    def flow_definition_name(self) -> str:
        """The name of the flow definition."""
        return Fn.select(1, Fn.split("/", self._arn))

    @property
    def human_loop_arn_pattern(self) -> str:
        """Any human loop of the account: names of loops are their starter's choice."""
        return self._human_loop_arn("*")

    @property
    def _event_matcher(self) -> list[Any]:
        return [self._arn]
