"""CDK constructs for human review with Amazon Augmented AI custom task types.

The Step Functions states are in `a2i_constructs.step_functions`: importing them loads all of the
CDK's Step Functions tasks, which takes a second.
"""

from a2i_constructs.account.waiting_digest import WaitingDigest
from a2i_constructs.backends.review_backend import ReviewBackend
from a2i_constructs.flow.conditions import (
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
from a2i_constructs.flow.consolidation import Consolidation
from a2i_constructs.flow.flow_definition import FlowDefinition
from a2i_constructs.flow.flow_definition_base import FlowDefinitionBase, IFlowDefinition
from a2i_constructs.flow.flow_definition_provider import FlowDefinitionProvider
from a2i_constructs.flow.human_task_ui import HumanTaskUi, HumanTaskUiBase, IHumanTaskUi
from a2i_constructs.flow.review_policy import ReviewPolicy, ReviewPolicyError
from a2i_constructs.flow.task import TaskProps
from a2i_constructs.flow.worker_task_template import WorkerTaskTemplate, WorkerTaskTemplateError
from a2i_constructs.functions.function_defaults import FunctionDefaults
from a2i_constructs.monitoring import ReviewMonitoring
from a2i_constructs.reviewers.adopted_workforce import AdoptedOidcWorkforce, AdoptedWorkforce
from a2i_constructs.reviewers.oidc_workforce import (
    IOidcWorkforce,
    OidcProvider,
    OidcWorkforce,
    OidcWorkteam,
)
from a2i_constructs.reviewers.private_workforce import IPrivateWorkforce, PrivateWorkforce
from a2i_constructs.reviewers.workforce_lookup import WorkforceLookup
from a2i_constructs.reviewers.workteam import IWorkteam, Workteam, WorkteamBase
from a2i_constructs.runtime.human_loop_results import HumanLoopResults
from a2i_constructs.runtime.human_loop_starter import HumanLoopStarter
from a2i_constructs.runtime.review_directory import ReviewDirectory
from a2i_constructs.runtime.review_events import ReviewerNotification
from a2i_constructs.runtime.review_guard import ReviewGuard, ReviewNeeds
from a2i_constructs.runtime.review_metrics import ReviewMetrics
from a2i_constructs.runtime.review_reconciler import ReviewReconciler
from a2i_constructs.runtime.review_runtime import ReviewRuntime
from a2i_constructs.storage.review_buckets import BucketProps, ReviewBuckets
from a2i_constructs.storage.review_ledger import ReviewLedger
from a2i_constructs.workflow import HumanReviewWorkflow

__all__ = [
    "AdoptedOidcWorkforce",
    "AdoptedWorkforce",
    "AllOf",
    "Always",
    "AnyOf",
    "BucketProps",
    "Condition",
    "ConditionError",
    "Confidence",
    "Consolidation",
    "FlowDefinition",
    "FlowDefinitionBase",
    "FlowDefinitionProvider",
    "FunctionDefaults",
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
    "ReviewBackend",
    "ReviewBuckets",
    "ReviewDirectory",
    "ReviewGuard",
    "ReviewLedger",
    "ReviewMetrics",
    "ReviewMonitoring",
    "ReviewNeeds",
    "ReviewPolicy",
    "ReviewPolicyError",
    "ReviewReconciler",
    "ReviewRuntime",
    "ReviewerNotification",
    "Sample",
    "TaskProps",
    "WaitingDigest",
    "WorkerTaskTemplate",
    "WorkerTaskTemplateError",
    "WorkforceLookup",
    "Workteam",
    "WorkteamBase",
]
