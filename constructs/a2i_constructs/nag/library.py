"""Which construct has which findings."""

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from constructs import IConstruct

from a2i_constructs.flow.flow_definition import FlowDefinition
from a2i_constructs.flow.flow_definition_provider import FlowDefinitionProvider
from a2i_constructs.functions.on_event_provider import OnEventProvider
from a2i_constructs.nag import flows, reviews, workforces
from a2i_constructs.reviewers.private_workforce import PrivateWorkforce
from a2i_constructs.reviewers.workforce_lookup import WorkforceLookup
from a2i_constructs.reviewers.workteam_group import WorkteamGroupProvider
from a2i_constructs.runtime.destroy_guard import DestroyGuard
from a2i_constructs.runtime.human_loop_results import HumanLoopResults
from a2i_constructs.runtime.human_loop_starter import HumanLoopStarter
from a2i_constructs.runtime.review_reconciler import ReviewReconciler
from a2i_constructs.workflow import HumanReviewWorkflow

_Acknowledge = Callable[[Any], None]
_FINDINGS: Mapping[type, _Acknowledge] = {
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
    WorkteamGroupProvider: workforces.acknowledge_workteam_groups,
}


def acknowledge_findings(scope: IConstruct) -> None:
    """Acknowledge what cdk-nag's AwsSolutions rules find in the library's constructs below `scope`.

    Call it when everything is defined: it names resources as they are called by then. Each
    acknowledgement sits on the construct that has the finding, with a reason that a reviewer can
    check; what an application adds itself stays a finding.
    """
    findings = [*_findings()]
    for construct in scope.node.find_all():
        for kind, acknowledge in findings:
            if isinstance(construct, kind):
                acknowledge(construct)


def _findings() -> Iterator[tuple[type, _Acknowledge]]:
    yield from _FINDINGS.items()
    # Step Functions' tasks take a second to import; an app with a bulk job has done so.
    if "a2i_constructs.step_functions.bulk_review" in sys.modules:
        from a2i_constructs.nag.bulk import acknowledge_bulk_review  # noqa: PLC0415  # likewise
        from a2i_constructs.step_functions.bulk_review import BulkReview  # noqa: PLC0415  # see above

        yield BulkReview, acknowledge_bulk_review
