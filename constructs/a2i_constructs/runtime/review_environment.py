"""Environment variables that the functions on reviews share."""

from aws_cdk import Aws, Stack
from aws_cdk import aws_events as events
from constructs import Construct

from a2i_constructs.backends.review_backend import ReviewBackend
from a2i_constructs.runtime.review_metrics import NAMESPACE
from a2i_constructs.storage.review_buckets import ReviewBuckets
from a2i_constructs.storage.review_ledger import ReviewLedger


def stack_environment(ledger: ReviewLedger) -> dict[str, str]:
    """Variables of every function on reviews."""
    return {
        "A2I_STACK_ID": Aws.STACK_ID,
        "A2I_LEDGER_TABLE": ledger.table.table_name,
        **ReviewBackend.of(ledger).environment(ledger),
    }


def metrics_environment(scope: Construct) -> dict[str, str]:
    """Variables of every function that writes metrics."""
    return {
        "POWERTOOLS_METRICS_NAMESPACE": NAMESPACE,
        # A dimension of every metric: flows of the same name in two stacks stay apart.
        "POWERTOOLS_SERVICE_NAME": Stack.of(scope).stack_name,
    }


def review_environment(
    scope: Construct, ledger: ReviewLedger, buckets: ReviewBuckets, event_bus: events.IEventBus
) -> dict[str, str]:
    """Variables of the functions that start and end reviews."""
    environment = {
        **stack_environment(ledger),
        "A2I_INPUT_BUCKET": buckets.input.bucket_name,
        "A2I_OUTPUT_BUCKET": buckets.output.bucket_name,
        "A2I_EVENT_BUS_NAME": event_bus.event_bus_name,
        **metrics_environment(scope),
    }
    if buckets.former_buckets:
        names = [bucket.bucket_name for bucket in buckets.former_buckets]
        environment["A2I_FORMER_BUCKETS"] = ",".join(names)
    if ledger.retention is not None:
        environment["A2I_LEDGER_RETENTION_DAYS"] = f"{ledger.retention.to_days():g}"
    return environment
