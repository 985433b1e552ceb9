"""What stands in the parts that every review of a stack passes through."""

from a2i_constructs.flow.flow_definition_provider import FlowDefinitionProvider
from a2i_constructs.functions.names import own_workteams
from a2i_constructs.nag import reasons
from a2i_constructs.nag.acknowledgement import (
    acknowledge,
    acknowledge_resource,
    acknowledge_versions,
    role_of,
)
from a2i_constructs.runtime.destroy_guard import DestroyGuard
from a2i_constructs.runtime.human_loop_results import HumanLoopResults
from a2i_constructs.runtime.human_loop_starter import HumanLoopStarter
from a2i_constructs.runtime.review_reconciler import ReviewReconciler


def acknowledge_starter(starter: HumanLoopStarter) -> None:
    """Kept requests, results, and the stack's flow definitions."""
    role = role_of(starter.function)
    buckets = starter.buckets
    acknowledge_resource(
        role,
        buckets.input.arn_for_objects("requests/*"),
        "requests are kept under a digest of their reviewId, which is not known before they come; "
        "the callers' own objects lie outside of the prefix",
    )
    acknowledge_resource(
        role,
        buckets.output.arn_for_objects("results/*"),
        "finished reviews are answered with the result kept under a digest of their reviewId",
    )
    acknowledge_resource(role, buckets.every_key_arn, reasons.FORMER_KEYS)
    acknowledge_resource(role, starter.flow_definition_arn_pattern, reasons.OWN_DEFINITIONS)
    acknowledge_resource(role, "*", f"{reasons.TASK_TOKENS}; {reasons.TRACES}")


def acknowledge_results(results: HumanLoopResults) -> None:
    """Requests, answers and results, and a dead-letter queue without one of its own."""
    role = role_of(results.function)
    buckets = results.buckets
    acknowledge_resource(role, buckets.every_key_arn, reasons.FORMER_KEYS)
    acknowledge_resource(
        role,
        buckets.input.arn_for_objects("requests/*"),
        "the request of a finished review lies under a digest of its reviewId",
    )
    acknowledge_resource(
        role,
        buckets.output.arn_for_objects("*"),
        "read only: A2I puts answers below the flow definition's name, which changes with every "
        "replacement, and the loop's start time",
    )
    acknowledge_resource(
        role,
        buckets.output.arn_for_objects("results/*"),
        "results are kept under a digest of their reviewId",
    )
    acknowledge_resource(role, "*", f"{reasons.TASK_TOKENS}; {reasons.TRACES}")
    acknowledge(
        results.failed_events,
        "SQS3",
        "it is the dead-letter queue of the results function: nothing reads it but an operator",
    )


def acknowledge_reconciler(reconciler: ReviewReconciler) -> None:
    """Flow definitions of now and before, their roles, teams and loops."""
    role = role_of(reconciler.function)
    provider = FlowDefinitionProvider.of(reconciler)
    acknowledge_resource(role, reconciler.flow_definition_arn_pattern, reasons.OWN_DEFINITIONS)
    acknowledge_resource(role, provider.flow_role_arn_pattern, reasons.OWN_ROLES)
    acknowledge_resource(role, own_workteams(reconciler), reasons.OWN_TEAMS)
    acknowledge_resource(
        role,
        reconciler.human_loop_arn_pattern,
        "read only, state and time of loops; those of a flow that was removed from the settings "
        "begin with a name that the template no longer knows",
    )
    acknowledge_resource(role, "*", f"{reasons.LISTS}; {reasons.TRACES}")


def acknowledge_destroy_guard(guard: DestroyGuard) -> None:
    """Flow definitions of now and before, their roles and teams."""
    role = role_of(guard.function)
    provider = FlowDefinitionProvider.of(guard)
    acknowledge_resource(role, guard.flow_definition_arn_pattern, reasons.OWN_DEFINITIONS)
    acknowledge_resource(role, provider.flow_role_arn_pattern, reasons.OWN_ROLES)
    acknowledge_resource(role, own_workteams(guard), reasons.OWN_TEAMS)
    acknowledge_resource(role, "*", reasons.LISTS)
    acknowledge_versions(guard.framework_role, guard.function)
