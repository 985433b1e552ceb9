"""Destroying and updating a stack: refused where pending reviews would be lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from a2i_shared import aws_clients
from a2i_shared.errors import NeededByReviewsError, PendingReviewsError, WorkteamsLeftError
from review_guard import on_event
from review_guard.destruction import DestroyGuard
from review_guard.pending import Counter
from review_guard.starter_function import StarterFunction
from review_guard.update import Needs, UpdateGuard
from review_guard.work_teams import WorkTeams
from tests.lambda_src.account import Account
from tests.lambda_src.faults import Killed
from tests.lambda_src.flow_stack import STACK_ID, FlowStack
from tests.lambda_src.invocation import lambda_context

PAUSE = 60.0


class FakeLambda:
    """The starter's reserved concurrency; None where nobody reserved any."""

    def __init__(self, reserved: int | None = None) -> None:
        self.reserved = reserved

    def get_function_concurrency(self, **_: str) -> dict[str, int]:
        return {} if self.reserved is None else {"ReservedConcurrentExecutions": self.reserved}

    def put_function_concurrency(self, **parameters: Any) -> None:
        self.reserved = parameters["ReservedConcurrentExecutions"]

    def delete_function_concurrency(self, **_: str) -> None:
        self.reserved = None


class Guarded:
    """A stack with a flow definition, a ledger, queues, and a starter."""

    def __init__(self, stack: FlowStack, account: Account) -> None:
        self.stack, self.account = stack, account
        self.starter = FakeLambda()
        self.sqs: Any = account.sqs
        self.slept: list[float] = []
        stack.deploy(stack.wanted())

    @property
    def counter(self) -> Counter:
        return Counter(
            draining=self.stack.draining(),
            ledger=self.account.ledger(),
            sqs=self.sqs,
            queue_url=self.account.queue_url,
            dead_letter_queue_url=self.account.dead_letter_queue_url,
        )

    @property
    def work_teams(self) -> WorkTeams:
        return WorkTeams(self.stack.sagemaker, self.stack.flow_definitions(), STACK_ID)

    def destroy(self, workforce: str | None = None) -> None:
        self.stack.cloudformation.status = "DELETE_IN_PROGRESS"
        DestroyGuard(
            StarterFunction(self.starter, "starter"),  # type: ignore[arg-type]  # what it uses
            self.counter,
            self.work_teams,
            workforce,
            seconds_between_counts=PAUSE,
            sleep=self.sleep,
        ).allow_destruction()

    def update(self, old: Needs, new: Needs) -> None:
        UpdateGuard(self.counter, self.work_teams).allow_update(old, new)

    def sleep(self, seconds: float) -> None:
        assert self.starter.reserved == 0
        self.slept.append(seconds)
        self.stack.a2i.advance(timedelta(seconds=seconds))


@pytest.fixture
def guarded(stack: FlowStack, account: Account) -> Guarded:
    return Guarded(stack, account)


def test_nothing_pending_is_allowed_and_leaves_the_starter_paused(guarded: Guarded) -> None:
    guarded.destroy()
    assert guarded.starter.reserved == 0
    assert guarded.slept == [PAUSE]


def test_pending_loops_of_current_and_retired_definitions_are_counted(guarded: Guarded) -> None:
    guarded.stack.start_loop("one")
    guarded.stack.deploy(guarded.stack.wanted(TaskTitle="Changed"))
    guarded.stack.start_loop("two")
    with pytest.raises(PendingReviewsError, match="2 human loops in progress") as refused:
        guarded.destroy()
    assert "a2i flow discard-pending" in str(refused.value)


def test_reviews_of_the_ledger_and_requests_of_the_queues_are_counted(guarded: Guarded) -> None:
    account = guarded.account
    loop = account.start().human_loop_name
    assert loop is not None
    account.eventbridge.failed_entries = 1
    with pytest.raises(Exception, match="did not take"):
        account.finish(account.a2i.end(loop, "Stopped"))
    for queue in (account.queue_url, account.queue_url, account.dead_letter_queue_url):
        account.sqs.send_message(QueueUrl=queue, MessageBody="{}")
    with pytest.raises(PendingReviewsError) as refused:
        guarded.destroy()
    for count in (
        "1 reviews with an end that is not told",
        "2 requests in the queue",
        "1 requests in the dead-letter queue",
    ):
        assert count in str(refused.value)


@pytest.mark.parametrize("reserved", [None, 7])
def test_a_refusal_resumes_the_starter_as_it_was(guarded: Guarded, reserved: int | None) -> None:
    guarded.starter.reserved = reserved
    guarded.stack.start_loop("one")
    with pytest.raises(PendingReviewsError):
        guarded.destroy()
    assert guarded.starter.reserved == reserved


def test_the_pause_that_a_killed_guard_left_is_lifted_by_the_next(guarded: Guarded) -> None:
    guarded.starter.reserved = 0
    guarded.stack.start_loop("one")
    with pytest.raises(PendingReviewsError):
        guarded.destroy()
    assert guarded.starter.reserved is None


def test_any_error_resumes_the_starter(guarded: Guarded) -> None:
    def killed(_seconds: float) -> None:
        raise Killed

    guarded.sleep = killed  # type: ignore[assignment, method-assign]  # sleeps no more
    with pytest.raises(Killed):
        guarded.destroy()
    assert guarded.starter.reserved is None


def test_drained_retired_definitions_go_first_and_the_current_one_stays(guarded: Guarded) -> None:
    stack = guarded.stack
    stack.start_loop("one")
    stack.deploy(stack.wanted(TaskTitle="Changed"))
    stack.a2i.submit("one", {"ok": "yes"})
    guarded.destroy()
    stack.a2i.advance(timedelta(minutes=1))
    assert stack.names() == [stack.physical_id]


class LaggingSqs:
    """Counts a message only when a while has passed since it was sent, as SQS may."""

    def __init__(self, guarded: Guarded) -> None:
        self.guarded = guarded

    def get_queue_attributes(self, **request: Any) -> dict[str, Any]:
        counted = self.guarded.account.sqs.get_queue_attributes(**request)
        if not self.guarded.slept:
            return {"Attributes": dict.fromkeys(counted["Attributes"], "0")}
        return dict(counted)


def test_a_request_that_sqs_counts_late_is_seen(guarded: Guarded) -> None:
    guarded.sqs = LaggingSqs(guarded)
    account = guarded.account
    account.sqs.send_message(QueueUrl=account.queue_url, MessageBody="{}")
    with pytest.raises(PendingReviewsError, match="1 requests in the queue"):
        guarded.destroy()
    assert guarded.starter.reserved is None


def test_what_is_seen_at_once_is_refused_at_once(guarded: Guarded) -> None:
    guarded.stack.start_loop("one")
    with pytest.raises(PendingReviewsError):
        guarded.destroy()
    assert guarded.slept == []


def test_a_workforce_with_teams_outside_of_the_template_is_not_deleted(guarded: Guarded) -> None:
    described = guarded.stack.a2i.call("DescribeWorkteam", WorkteamName="reviewers")["Workteam"]
    workforce = described["WorkforceArn"]
    with pytest.raises(WorkteamsLeftError, match=r"reviewers.*'a2i flow prune'"):
        guarded.destroy(workforce)
    assert guarded.starter.reserved is None
    assert guarded.slept == []

    guarded.stack.own_resources = {described["WorkteamArn"]}
    guarded.destroy(workforce)
    assert guarded.starter.reserved == 0


def test_teams_do_not_matter_where_the_workforce_stays(guarded: Guarded) -> None:
    guarded.destroy(workforce=None)
    assert guarded.starter.reserved == 0


TEAM_PLACE = "Workteam"
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
WORKFORCE_ARN = "arn:aws:sagemaker:us-east-1:123456789012:workforce/default"
NEEDS = Needs(
    keys=frozenset({"key-1"}),
    buckets=frozenset({"in-1", "out-1"}),
    read_access=frozenset({"arn:aws:s3:::more/*"}),
    roles=frozenset({"role-1"}),
)
LOSSES = [
    (
        {"keys": {"key-2"}},
        r"key key-1 \(name it in a2i.data.formerKmsKeyArns; in an app of your own, in former_keys",
    ),
    (
        {"buckets": {"in-2", "out-1"}},
        r"bucket in-1 \(name it in a2i.data.formerBuckets; in an app of your own, in former_bucket",
    ),
    ({"buckets": {"in-1", "out-2"}}, r"bucket out-1 \(name it in a2i.data.formerBuckets"),
    ({"read_access": set()}, "read access to arn:aws:s3:::more"),
    ({"roles": {"role-2"}}, "permissions of role role-1"),
]


def needs(**changes: set[str]) -> Needs:
    changed: dict[str, Any] = {name: frozenset(each) for name, each in changes.items()}
    return replace(NEEDS, **changed)


@pytest.mark.parametrize(("changes", "said"), LOSSES)
def test_an_update_may_not_take_what_pending_reviews_need(
    guarded: Guarded, changes: dict[str, Any], said: str
) -> None:
    guarded.stack.start_loop("one")
    with pytest.raises(NeededByReviewsError, match=said) as refused:
        guarded.update(NEEDS, needs(**changes))
    assert "1 human loops in progress" in str(refused.value)


@pytest.mark.parametrize(("changes", "said"), LOSSES)
def test_an_update_may_take_anything_once_nothing_is_pending(
    guarded: Guarded, changes: dict[str, Any], said: str
) -> None:
    guarded.update(NEEDS, needs(**changes))


def test_an_update_may_add_to_what_there_is(guarded: Guarded) -> None:
    guarded.stack.start_loop("one")
    more = needs(keys={"key-1", "key-2"}, buckets={"in-1", "out-1", "in-2"}, roles={"role-1", "r"})
    guarded.update(NEEDS, more)


def with_team(guarded: Guarded) -> Needs:
    arn = guarded.stack.a2i.workteam_arn
    places = frozenset({TEAM_PLACE})
    return replace(NEEDS, places=places, deleted_teams={TEAM_PLACE: arn})


def test_a_team_that_shows_tasks_may_not_be_deleted_by_an_update(guarded: Guarded) -> None:
    guarded.stack.start_loop("one")
    with pytest.raises(NeededByReviewsError, match=r"work team .*/reviewers .*removalPolicy"):
        guarded.update(with_team(guarded), NEEDS)


def test_a_team_may_go_that_stays_or_shows_no_tasks(guarded: Guarded) -> None:
    guarded.stack.start_loop("one")
    team = with_team(guarded)
    other = replace(team, deleted_teams={TEAM_PLACE: "arn:aws:sagemaker:::workteam/other"})
    guarded.update(team, other)  # replaced in its place, where CloudFormation keeps it
    guarded.update(other, NEEDS)
    guarded.update(replace(team, deleted_teams={}), NEEDS)  # removal policy: retain


def test_a_key_may_not_be_deleted_by_an_update_even_if_it_is_named_as_a_former_one(
    guarded: Guarded,
) -> None:
    guarded.stack.start_loop("one")
    own = replace(NEEDS, places=frozenset({"Key"}), deleted={"Key": KEY_ARN})
    with pytest.raises(NeededByReviewsError, match=f"{KEY_ARN} .it would be deleted: ") as refused:
        guarded.update(own, needs(keys={"key-1", "key-2"}))
    assert 'first deploy with a2i.data.removalPolicy "retain"; in an app of' in str(refused.value)
    guarded.update(own, own)


def test_a_workforce_may_not_be_deleted_by_an_update(guarded: Guarded) -> None:
    guarded.stack.start_loop("one")
    own = replace(NEEDS, places=frozenset({"Workforce"}), deleted={"Workforce": WORKFORCE_ARN})
    with pytest.raises(NeededByReviewsError, match=r'with a2i.workforce.removalPolicy "retain"'):
        guarded.update(own, NEEDS)


@pytest.mark.parametrize(
    ("status", "is_refused"), [("UPDATE_IN_PROGRESS", True), ("UPDATE_ROLLBACK_IN_PROGRESS", False)]
)
def test_a_rollback_gives_back_and_is_not_refused(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch, status: str, *, is_refused: bool
) -> None:
    guarded.stack.start_loop("one")
    guarded.stack.cloudformation.status = status
    for name, client in (
        ("sagemaker", guarded.stack.sagemaker),
        ("a2i_runtime", guarded.stack.runtime),
        ("cloudformation", guarded.stack.cloudformation),
        ("dynamodb", guarded.account.dynamodb),
        ("sqs", guarded.account.sqs),
    ):
        monkeypatch.setattr(aws_clients, name, lambda client=client: client)
    for name, value in {
        "A2I_STACK_ID": STACK_ID,
        "A2I_LEDGER_TABLE": guarded.account.table,
        "A2I_QUEUE_URL": guarded.account.queue_url,
        "A2I_DEAD_LETTER_QUEUE_URL": guarded.account.dead_letter_queue_url,
    }.items():
        monkeypatch.setenv(name, value)
    event = {
        "RequestType": "Update",
        "ResourceType": "Custom::A2IUpdateGuard",
        "LogicalResourceId": "UpdateGuard",
        "OldResourceProperties": {"Keys": ["key-1"]},
        "ResourceProperties": {"Keys": ["key-2"]},
    }
    if is_refused:
        with pytest.raises(NeededByReviewsError):
            on_event.lambda_handler(event, lambda_context())
    else:
        assert on_event.lambda_handler(event, lambda_context())
