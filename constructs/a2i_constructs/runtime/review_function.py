"""What the functions that work on reviews have in common: their environment, and the event bus."""

from aws_cdk import Aws, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from a2i_constructs.functions import permissions
from a2i_constructs.runtime.review_metrics import NAMESPACE
from a2i_constructs.storage.review_buckets import ReviewBuckets
from a2i_constructs.storage.review_ledger import ReviewLedger

DEFAULT_EVENT_BUS = "default"


def default_event_bus(scope: Construct) -> events.IEventBus:
    """The default bus of the stack's account and region."""
    return events.EventBus.from_event_bus_name(scope, "DefaultBus", DEFAULT_EVENT_BUS)


def grant_put_events(event_bus: events.IEventBus, grantee: iam.IGrantable) -> iam.Grant:
    """Send events to the bus."""
    return iam.Grant.add_to_principal(
        grantee=grantee, actions=["events:PutEvents"], resource_arns=[event_bus.event_bus_arn]
    )


def grant_answer_tasks(grantee: iam.IGrantable) -> iam.Grant:
    """Answer Step Functions tasks that wait for a review."""
    return iam.Grant.add_to_principal(
        grantee=grantee, actions=permissions.ANSWER_TASK, resource_arns=["*"]
    )


def stack_environment(ledger: ReviewLedger) -> dict[str, str]:
    """What every function on reviews reads from its environment."""
    return {"A2I_STACK_ID": Aws.STACK_ID, "A2I_LEDGER_TABLE": ledger.table.table_name}


def metrics_environment(scope: Construct) -> dict[str, str]:
    """Where every function of the scope's stack writes its metrics."""
    return {
        "POWERTOOLS_METRICS_NAMESPACE": NAMESPACE,
        # A dimension of every metric: flows of the same name in two stacks stay apart.
        "POWERTOOLS_SERVICE_NAME": Stack.of(scope).stack_name,
    }


def review_environment(
    scope: Construct, ledger: ReviewLedger, buckets: ReviewBuckets, event_bus: events.IEventBus
) -> dict[str, str]:
    """What every function of the scope's stack that works on reviews reads from its environment."""
    environment = {
        **stack_environment(ledger),
        "A2I_INPUT_BUCKET": buckets.input.bucket_name,
        "A2I_OUTPUT_BUCKET": buckets.output.bucket_name,
        "A2I_EVENT_BUS_NAME": event_bus.event_bus_name,
        **metrics_environment(scope),
    }
    if ledger.retention is not None:
        environment["A2I_LEDGER_RETENTION_DAYS"] = f"{ledger.retention.to_days():g}"
    return environment
