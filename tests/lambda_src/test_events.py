"""Events as they go to the bus."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

from a2i_shared.events import Events, HumanReviewStarted

STACK_ID = "arn:aws:cloudformation:us-east-1:123456789012:stack/HumanReview/0a1b2c3d-1-2-3-4"


def test_events_name_their_stack_for_rules_to_match() -> None:
    eventbridge = Mock()
    eventbridge.put_events.return_value = {"FailedEntryCount": 0, "Entries": [{"EventId": "e"}]}
    detail = HumanReviewStarted(
        event_id="e-1", review_id="r-1", flow="tone", human_loop_name="tone-1", reasons=["always"]
    )

    Events(eventbridge, "default", (STACK_ID,)).publish_started(detail)

    entry: dict[str, Any] = eventbridge.put_events.call_args.kwargs["Entries"][0]
    assert entry["Resources"] == [STACK_ID]
    assert (entry["Source"], entry["DetailType"]) == ("a2i.review", "Human Review Started")
