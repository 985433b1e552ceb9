"""What stands in the bulk job's state machine."""

from typing import cast

from aws_cdk import ArnFormat, Fn, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn

from a2i_constructs.nag import reasons
from a2i_constructs.nag.acknowledgement import (
    acknowledge,
    acknowledge_resource,
    acknowledge_statement,
    acknowledge_versions,
)
from a2i_constructs.step_functions.bulk_review import (
    MANIFESTS_PREFIX,
    MAP_LABEL,
    OUTCOMES_PREFIX,
    BulkReview,
)


def acknowledge_bulk_review(bulk: BulkReview) -> None:
    """Manifests, outcomes, the map's own executions, and what it does not log."""
    machine = bulk.state_machine
    role = machine.role
    acknowledge_versions(role, bulk.starter.function)
    for bucket, prefix in (
        (bulk.buckets.input, MANIFESTS_PREFIX),
        (bulk.buckets.output, OUTCOMES_PREFIX),
    ):
        acknowledge_resource(
            role,
            bucket.arn_for_objects(f"{prefix}*"),
            "who starts a run chooses the manifest; Step Functions names each run's outcomes",
        )
    acknowledge_resource(role, bulk.buckets.every_key_arn, reasons.FORMER_KEYS)
    _acknowledge_map_executions(machine, MAP_LABEL)
    acknowledge(
        machine,
        "SF1",
        "every line of a manifest would be events in a log, and millions of lines are meant; the "
        "outcome of each line is kept in the output bucket",
    )
    acknowledge(
        machine,
        "SF2",
        "a run is one state per line, whose latency is the starter's; the starter can be traced",
    )


def _acknowledge_map_executions(machine: sfn.StateMachine, label: str) -> None:
    """CDK's own policy of a distributed map: its children are executions of the same machine."""
    policy = cast("iam.Policy", machine.node.find_child("DistributedMapPolicy"))
    name = Fn.select(6, Fn.split(":", machine.state_machine_arn))
    for children in (name, f"{name}/{label}"):
        acknowledge_statement(
            policy,
            Stack.of(machine).format_arn(
                service="states",
                resource="execution",
                resource_name=f"{children}:*",
                arn_format=ArnFormat.COLON_RESOURCE_NAME,
            ),
            "made by CDK: the map starts, describes and stops executions of its own machine alone",
        )
