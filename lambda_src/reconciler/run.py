"""One run of the reconciler: the open reviews, then the drained flow definitions."""

from __future__ import annotations

from dataclasses import dataclass

from a2i_shared.clock import now
from a2i_shared.flow_definitions.draining import Draining
from a2i_shared.ledger import Ledger
from reconciler.ages import record_ages
from reconciler.open_reviews import OpenReviews
from reconciler.report import Action, FlowDefinitionAction, Report


@dataclass(frozen=True)
class Reconciler:
    ledger: Ledger
    open_reviews: OpenReviews
    draining: Draining

    def run(self, flow: str | None = None, *, discard_starting: bool = False) -> Report:
        """Look at the reviews of one flow, or of all, and at all flow definitions."""
        entries = [each for each in self.ledger.open_entries() if flow in (None, each.flow)]
        record_ages(entries, now())
        acted = self.open_reviews.reconcile(entries, discard_starting=discard_starting)
        still_read = {entry.flow_definition_arn for entry in self.ledger.open_entries()}
        leftovers = self.draining.drain(lambda arn: arn in still_read)
        return Report(
            open_reviews=len(entries),
            reviews=tuple(each for each in acted if each.action is not Action.WAITING),
            retired_flow_definitions=tuple(
                FlowDefinitionAction(name=each.name, deleted=each.deleted, pending=each.pending)
                for each in leftovers
            ),
        )
