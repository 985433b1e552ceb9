"""An event of the account backend announces an end; what ended how is the loop's to say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from results.told_end import told_end
from tests.lambda_src.account_loops import AccountLoops, reviewer


@pytest.fixture
def account() -> Iterator[AccountLoops]:
    made = AccountLoops()
    made.start("loop", made.create_flow_definition("review"))
    yield made
    made.close()


def _told(account: AccountLoops, source: str, **detail: Any) -> Any:
    told = {"humanLoopName": "loop", "humanLoopStatus": "Completed", **detail}
    return told_end({"source": source, "detail": told}, account.loops)


def test_an_event_that_anybody_could_have_put_ends_no_open_loop(account: AccountLoops) -> None:
    forged = {"humanLoopOutput": {"outputS3Uri": "s3://input/other.json"}}
    assert _told(account, "a2i.human-loops", **forged) is None
    assert _told(account, "a2i.human-loops", humanLoopName="none") is None
    account.tasks().submit("loop", reviewer("one"), {})
    account.deliver()
    end = _told(account, "a2i.human-loops", **forged)
    assert end.output_uri == account.told("loop")[0]["humanLoopOutput"]["outputS3Uri"]


def test_a2is_own_event_is_taken_at_its_word(account: AccountLoops) -> None:
    assert _told(account, "aws.sagemaker").human_loop_status == "Completed"
    detail = {"humanLoopName": "loop", "humanLoopStatus": "Stopped"}
    assert told_end({"detail": detail}, account.loops) is not None, "the reconciler's"
