"""Digest of waiting reviews: what it says, and that an interval has one at most."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from a2i_account import backend
from a2i_shared import aws_clients
from loop_clock import handler
from loop_clock.digest import WaitingDigest
from tests.lambda_src.account_loops import (
    INPUT_BUCKET,
    SCOPE,
    STACK_ID,
    AccountLoops,
    as_it_is,
    reviewer,
)
from tests.lambda_src.faults import Fuse, Killed
from tests.lambda_src.invocation import lambda_context
from tests.lambda_src.service_errors import service_error

HOUR = timedelta(hours=1)


@dataclass
class FakeSns:
    published: list[dict[str, Any]] = field(default_factory=list)
    denied: bool = False

    def publish(self, **message: Any) -> None:
        if self.denied:
            raise service_error("AuthorizationError", operation="Publish")
        self.published.append(message)


@pytest.fixture
def account() -> Iterator[AccountLoops]:
    made = AccountLoops()
    made.clock.advance(
        datetime(2030, 1, 1, 9, 30, tzinfo=made.clock.now().tzinfo) - made.clock.now()
    )
    yield made
    made.close()


def digest(account: AccountLoops, sns: FakeSns, wrap: Any = as_it_is) -> WaitingDigest:
    return WaitingDigest(
        account.loops(wrap),
        wrap(sns),
        "arn:aws:sns:us-east-1:123456789012:reviewers",
        HOUR,
        "HumanReview",
        "https://portal.example/",
        account.clock.now,
    )


def test_nothing_is_told_while_nothing_waits_or_everything_is_held(account: AccountLoops) -> None:
    sns = FakeSns()
    assert not digest(account, sns).send_if_due()
    account.start("loop", account.create_flow_definition("review"))
    account.tasks().accept("loop", reviewer("one"))
    assert not digest(account, sns).send_if_due()
    assert sns.published == []


def test_it_says_how_many_wait_since_when_and_where(account: AccountLoops) -> None:
    flow, sns = account.create_flow_definition("review"), FakeSns()
    for number in range(3):
        account.start(f"loop-{number}", flow, {"text": "Jane Doe"})
        account.clock.advance(timedelta(minutes=5))
    assert digest(account, sns).send_if_due()
    assert sns.published == [
        {
            "TopicArn": "arn:aws:sns:us-east-1:123456789012:reviewers",
            "Subject": "HumanReview: reviews wait",
            "Message": "3 reviews wait, the oldest since 2030-01-01 09:30 UTC\n"
            "Answer them at https://portal.example/",
        }
    ]


def test_teams_are_named_where_there_are_several(account: AccountLoops) -> None:
    for team in ("experts", "readers", "idle"):
        arn = SCOPE.arn("workteam", f"private-crowd/{team}")
        flow = account.create_flow_definition(team, WorkteamArn=arn)
        if team != "idle":
            account.start(team, flow)
    sns = FakeSns()
    digest(account, sns).send_if_due()
    assert sns.published[0]["Message"].splitlines()[:2] == [
        "1 review waits for experts, the oldest since 2030-01-01 09:30 UTC",
        "1 review waits for readers, the oldest since 2030-01-01 09:30 UTC",
    ]


def test_an_interval_has_one_message(account: AccountLoops) -> None:
    account.start("loop", account.create_flow_definition("review"))
    sns = FakeSns()
    sent = []
    for _ in range(121):
        sent.append(digest(account, sns).send_if_due())
        account.clock.advance(timedelta(minutes=1))
    assert [minute for minute, was_sent in enumerate(sent) if was_sent] == [0, 60, 120]


def test_of_two_clocks_one_sends_and_a_killed_one_doubles_nothing(account: AccountLoops) -> None:
    account.start("loop", account.create_flow_definition("review"))
    sent = FakeSns()

    def other_clock() -> None:
        digest(account, sent).send_if_due()

    for moment in range(40):
        digest(account, sent, Fuse(moment, other_clock).around).send_if_due()
        assert len(sent.published) == moment + 1
        account.clock.advance(HOUR)
    for moment in range(40):
        sent.published.clear()
        with suppress(Killed):
            digest(account, sent, Fuse(moment).around).send_if_due()
        other_clock()
        assert len(sent.published) <= 1
        account.clock.advance(HOUR)


def test_the_handler_sends_it_and_goes_on_where_that_fails(
    account: AccountLoops,
    monkeypatch: pytest.MonkeyPatch,
    fresh_execution_environment: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sns = FakeSns(denied=True)
    account.start("loop", account.create_flow_definition("review"))
    handler.digest.cache_clear()
    for name, value in {
        "A2I_STACK_ID": STACK_ID,
        "A2I_HUMAN_LOOPS_TABLE": account.table,
        "A2I_HUMAN_LOOPS_BUCKET": INPUT_BUCKET,
        "A2I_DIGEST_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:reviewers",
        "A2I_DIGEST_INTERVAL_SECONDS": "3600",
        "A2I_DIGEST_STACK_NAME": "HumanReview",
        "A2I_DIGEST_PORTAL_URL": "https://portal.example/",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(aws_clients, "dynamodb", lambda: account.dynamodb)
    monkeypatch.setattr(aws_clients, "sns", lambda: sns)
    monkeypatch.setattr(backend, "now_in_milliseconds", account.clock.now)
    assert handler.lambda_handler({}, lambda_context()) is None
    assert "digest of waiting reviews not sent" in caplog.text
    sns.denied = False
    account.clock.advance(HOUR)
    handler.lambda_handler({}, lambda_context())
    assert len(sns.published) == 1
    handler.digest.cache_clear()
