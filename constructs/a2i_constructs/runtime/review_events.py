"""Rules for the events that the functions send about reviews, and a notification of reviewers."""

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns as sns
from constructs import Construct

from a2i_core.names import REVIEW_EVENT_SOURCE
from a2i_core.statuses import FINISHED_STATUSES

DEFAULT_EVENT_BUS = "default"
REVIEW_STARTED = "Human Review Started"
REVIEW_FINISHED = "Human Review Finished"


def default_event_bus(scope: Construct) -> events.IEventBus:
    """The default bus of the stack's account and region."""
    return events.EventBus.from_event_bus_name(scope, "EventBus", DEFAULT_EVENT_BUS)


def make_review_rule(
    scope: Construct,
    construct_id: str,
    *,
    event_bus: events.IEventBus,
    detail_type: str,
    description: str,
    flow_name: str | None = None,
    statuses: Sequence[str] = (),
    target: events.IRuleTarget | None = None,
) -> events.Rule:
    """Define a rule for one kind of event of this stack's reviews.

    flow_name: of this flow only. Default: of every flow.
    statuses: with one of these only. Default: with any.
    """
    for status in statuses:
        if status not in FINISHED_STATUSES:
            raise ValueError(
                f"status must be one of {', '.join(FINISHED_STATUSES)}, got {status!r}"
            )
    detail: dict[str, list[str]] = {}
    if flow_name:
        detail["flow"] = [flow_name]
    if statuses:
        detail["status"] = [*statuses]
    return events.Rule(
        scope,
        construct_id,
        description=description,
        event_bus=event_bus,
        event_pattern=events.EventPattern(
            source=[REVIEW_EVENT_SOURCE],
            detail_type=[detail_type],
            detail=detail or None,
            # Reviews of other stacks go over the same bus.
            resources=[Aws.STACK_ID],
        ),
        targets=[target] if target else None,
    )


class ReviewerNotification(Construct):
    """EventBridge rule that sends a message to an SNS topic for each review that starts.

    Amazon A2I itself notifies nobody. The message names the flow and nothing of the content.
    Reviewers subscribe by e-mail or chat; for many reviews an hour, let a function of your own
    collect the same events instead.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        event_bus: events.IEventBus,
        topic: sns.ITopic,
    ) -> None:
        """Define the rule.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            event_bus: Bus of the events, `ReviewRuntime.event_bus`.
            topic: An imported one, and the key of an encrypted one, must let events.amazonaws.com
                publish.
        """
        super().__init__(scope, construct_id)
        flow = events.EventField.from_path("$.detail.flow")
        text = f"A review of {flow} waits for you in the worker portal"
        self.rule = make_review_rule(
            self,
            "ReviewStarted",
            event_bus=event_bus,
            detail_type=REVIEW_STARTED,
            description="Human reviews of this stack that began",
            target=targets.SnsTopic(topic, message=events.RuleTargetInput.from_text(text)),
        )
