"""Which construct has which findings."""

from collections.abc import Callable, Mapping
from typing import Any

from constructs import IConstruct

from a2i_constructs._on_event_provider import OnEventProvider
from a2i_constructs.destroy_guard import DestroyGuard
from a2i_constructs.flow_definition import FlowDefinition
from a2i_constructs.flow_definition_provider import FlowDefinitionProvider
from a2i_constructs.human_loop_results import HumanLoopResults
from a2i_constructs.human_loop_starter import HumanLoopStarter
from a2i_constructs.human_review_workflow import HumanReviewWorkflow
from a2i_constructs.nag import flows, reviews, workforces
from a2i_constructs.private_workforce import PrivateWorkforce
from a2i_constructs.review_reconciler import ReviewReconciler
from a2i_constructs.workforce_lookup import WorkforceLookup

_FINDINGS: Mapping[type, Callable[[Any], None]] = {
    DestroyGuard: reviews.acknowledge_destroy_guard,
    FlowDefinition: flows.acknowledge_flow_definition,
    FlowDefinitionProvider: flows.acknowledge_provider,
    HumanLoopResults: reviews.acknowledge_results,
    HumanLoopStarter: reviews.acknowledge_starter,
    HumanReviewWorkflow: flows.acknowledge_workflow,
    OnEventProvider: workforces.acknowledge_on_event_provider,
    PrivateWorkforce: workforces.acknowledge_workforce,
    ReviewReconciler: reviews.acknowledge_reconciler,
    WorkforceLookup: workforces.acknowledge_lookup,
}


def acknowledge_findings(scope: IConstruct) -> None:
    """Acknowledge what cdk-nag's AwsSolutions rules find in the library's constructs below `scope`.

    Call it when everything is defined: it names resources as they are called by then. Each
    acknowledgement sits on the construct that has the finding, with a reason that a reviewer can
    check; what an application adds itself stays a finding.
    """
    for construct in scope.node.find_all():
        for kind, acknowledge in _FINDINGS.items():
            if isinstance(construct, kind):
                acknowledge(construct)
