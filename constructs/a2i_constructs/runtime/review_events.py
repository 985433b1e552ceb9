"""The events that the functions send about reviews, as rules match them."""

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk import aws_events as events
from constructs import Construct

from a2i_core.names import REVIEW_EVENT_SOURCE
from a2i_core.statuses import FINISHED_STATUSES

REVIEW_STARTED = "Human Review Started"
REVIEW_FINISHED = "Human Review Finished"


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
