"""One run of the reconciler: the open reviews, then the drained flow definitions."""

from __future__ import annotations

from dataclasses import dataclass

from a2i_shared.clock import now
from a2i_shared.flow_definitions.draining import Draining
from a2i_shared.ledger import Ledger
from a2i_shared.starter_pause import StarterPause
from reconciler.ages import record_ages
from reconciler.open_reviews import OpenReviews
from reconciler.report import Action, FlowDefinitionAction, Report


@dataclass(frozen=True)
class Reconciler:
    ledger: Ledger
    open_reviews: OpenReviews
    draining: Draining
    pause: StarterPause

    def run(self, flow: str | None = None, *, discard_starting: bool = False) -> Report:
        """Look at the reviews of one flow, or of all, and at all flow definitions."""
        is_resumed = self._resume_starter()
        entries = [each for each in self.ledger.open_entries() if flow in (None, each.flow)]
        record_ages(entries, now())
        acted = self.open_reviews.reconcile(entries, discard_starting=discard_starting)
        still_read = {entry.flow_definition_arn for entry in self.ledger.open_entries()}
        leftovers = self.draining.drain(lambda arn: arn in still_read)
        return Report(
            starter_resumed=is_resumed,
            open_reviews=len(entries),
            reviews=tuple(each for each in acted if each.action is not Action.WAITING),
            retired_flow_definitions=tuple(
                FlowDefinitionAction(name=each.name, deleted=each.deleted, pending=each.pending)
                for each in leftovers
            ),
        )

    def _resume_starter(self) -> bool:
        """Lift the pause that a destroy guard left which was killed; a living one is at work."""
        if self.draining.is_stack_being_deleted():
            return False
        return self.pause.lift()
