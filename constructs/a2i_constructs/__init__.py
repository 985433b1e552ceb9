"""CDK constructs for human review with Amazon Augmented AI custom task types.

Names are loaded when they are first used, so that `a2i_constructs.worker_template` works without
CDK and starts no Node.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from a2i_constructs._bundled_function import BundledFunctionOptions
    from a2i_constructs.adopted_workforce import AdoptedOidcWorkforce, AdoptedWorkforce
    from a2i_constructs.bulk_review import BulkReview
    from a2i_constructs.conditions import (
        AllOf,
        Always,
        AnyOf,
        Condition,
        ConditionError,
        Confidence,
        Matches,
        Missing,
        Never,
        Not,
        Sample,
    )
    from a2i_constructs.consolidation import Consolidation
    from a2i_constructs.crowd import Crowd
    from a2i_constructs.destroy_guard import DestroyGuard
    from a2i_constructs.flow_definition import FlowDefinition
    from a2i_constructs.flow_definition_base import FlowDefinitionBase, IFlowDefinition
    from a2i_constructs.flow_definition_provider import FlowDefinitionProvider
    from a2i_constructs.human_loop_results import HumanLoopResults
    from a2i_constructs.human_loop_starter import HumanLoopStarter
    from a2i_constructs.human_review_workflow import HumanReviewWorkflow
    from a2i_constructs.human_task_ui import HumanTaskUi, HumanTaskUiBase, IHumanTaskUi
    from a2i_constructs.oidc_workforce import (
        IOidcWorkforce,
        OidcProvider,
        OidcWorkforce,
        OidcWorkteam,
    )
    from a2i_constructs.private_workforce import IPrivateWorkforce, PrivateWorkforce
    from a2i_constructs.public_crowd import ContentClassifier, TaskPrice
    from a2i_constructs.review_buckets import ReviewBuckets
    from a2i_constructs.review_directory import ReviewDirectory
    from a2i_constructs.review_ledger import ReviewLedger
    from a2i_constructs.review_metrics import ReviewMetrics
    from a2i_constructs.review_monitoring import ReviewMonitoring
    from a2i_constructs.review_policy import ReviewPolicy, ReviewPolicyError
    from a2i_constructs.review_reconciler import ReviewReconciler
    from a2i_constructs.reviewer_notification import ReviewerNotification
    from a2i_constructs.start_human_review import StartHumanReview
    from a2i_constructs.task import TaskProps
    from a2i_constructs.worker_task_template import WorkerTaskTemplate, WorkerTaskTemplateError
    from a2i_constructs.workforce_lookup import WorkforceLookup
    from a2i_constructs.workteam import IWorkteam, Workteam, WorkteamBase

_MODULE_OF = {
    "AdoptedOidcWorkforce": "adopted_workforce",
    "AdoptedWorkforce": "adopted_workforce",
    "AllOf": "conditions",
    "Always": "conditions",
    "AnyOf": "conditions",
    "BulkReview": "bulk_review",
    "BundledFunctionOptions": "_bundled_function",
    "Condition": "conditions",
    "ConditionError": "conditions",
    "Confidence": "conditions",
    "Consolidation": "consolidation",
    "ContentClassifier": "public_crowd",
    "Crowd": "crowd",
    "DestroyGuard": "destroy_guard",
    "FlowDefinition": "flow_definition",
    "FlowDefinitionBase": "flow_definition_base",
    "FlowDefinitionProvider": "flow_definition_provider",
    "HumanLoopResults": "human_loop_results",
    "HumanLoopStarter": "human_loop_starter",
    "HumanReviewWorkflow": "human_review_workflow",
    "HumanTaskUi": "human_task_ui",
    "HumanTaskUiBase": "human_task_ui",
    "IFlowDefinition": "flow_definition_base",
    "IHumanTaskUi": "human_task_ui",
    "IOidcWorkforce": "oidc_workforce",
    "IPrivateWorkforce": "private_workforce",
    "IWorkteam": "workteam",
    "Matches": "conditions",
    "Missing": "conditions",
    "Never": "conditions",
    "Not": "conditions",
    "OidcProvider": "oidc_workforce",
    "OidcWorkforce": "oidc_workforce",
    "OidcWorkteam": "oidc_workforce",
    "PrivateWorkforce": "private_workforce",
    "ReviewBuckets": "review_buckets",
    "ReviewDirectory": "review_directory",
    "ReviewLedger": "review_ledger",
    "ReviewMetrics": "review_metrics",
    "ReviewMonitoring": "review_monitoring",
    "ReviewPolicy": "review_policy",
    "ReviewPolicyError": "review_policy",
    "ReviewReconciler": "review_reconciler",
    "ReviewerNotification": "reviewer_notification",
    "Sample": "conditions",
    "StartHumanReview": "start_human_review",
    "TaskPrice": "public_crowd",
    "TaskProps": "task",
    "WorkerTaskTemplate": "worker_task_template",
    "WorkerTaskTemplateError": "worker_task_template",
    "WorkforceLookup": "workforce_lookup",
    "Workteam": "workteam",
    "WorkteamBase": "workteam",
}

__all__ = [
    "AdoptedOidcWorkforce",
    "AdoptedWorkforce",
    "AllOf",
    "Always",
    "AnyOf",
    "BulkReview",
    "BundledFunctionOptions",
    "Condition",
    "ConditionError",
    "Confidence",
    "Consolidation",
    "ContentClassifier",
    "Crowd",
    "DestroyGuard",
    "FlowDefinition",
    "FlowDefinitionBase",
    "FlowDefinitionProvider",
    "HumanLoopResults",
    "HumanLoopStarter",
    "HumanReviewWorkflow",
    "HumanTaskUi",
    "HumanTaskUiBase",
    "IFlowDefinition",
    "IHumanTaskUi",
    "IOidcWorkforce",
    "IPrivateWorkforce",
    "IWorkteam",
    "Matches",
    "Missing",
    "Never",
    "Not",
    "OidcProvider",
    "OidcWorkforce",
    "OidcWorkteam",
    "PrivateWorkforce",
    "ReviewBuckets",
    "ReviewDirectory",
    "ReviewLedger",
    "ReviewMetrics",
    "ReviewMonitoring",
    "ReviewPolicy",
    "ReviewPolicyError",
    "ReviewReconciler",
    "ReviewerNotification",
    "Sample",
    "StartHumanReview",
    "TaskPrice",
    "TaskProps",
    "WorkerTaskTemplate",
    "WorkerTaskTemplateError",
    "WorkforceLookup",
    "Workteam",
    "WorkteamBase",
]


if not TYPE_CHECKING:  # type checkers would take any name for a public one

    def __getattr__(name: str) -> object:
        """Load a public name from its module (PEP 562)."""
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    """List the public names before they are loaded."""
    return sorted({*globals(), *_MODULE_OF})
