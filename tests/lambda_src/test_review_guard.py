"""Destroying and updating a stack: refused where pending reviews would be lost."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from a2i_shared import aws_clients
from a2i_shared.errors import (
    NeededByReviewsError,
    PauseLiftedError,
    PendingReviewsError,
    WorkteamsLeftError,
)
from a2i_shared.starter_pause import StarterPause
from reconciler.human_loops import HumanLoops
from reconciler.open_reviews import OpenReviews
from reconciler.results_function import ResultsFunction
from reconciler.run import Reconciler
from reconciler.starter_queue import StarterQueue
from review_guard import on_event
from review_guard.destruction import DestroyGuard
from review_guard.pending import Counter
from review_guard.update import Needs, UpdateGuard
from review_guard.work_teams import WorkTeams
from tests.lambda_src.account import Account
from tests.lambda_src.fake_lambda import FakeConcurrency, FakeLambda
from tests.lambda_src.faults import Killed
from tests.lambda_src.flow_stack import STACK_ID, FlowStack
from tests.lambda_src.invocation import lambda_context

COUNTING = 120.0


class Guarded:
    """A stack with a flow definition, a ledger, queues, and a starter."""

    def __init__(self, stack: FlowStack, account: Account) -> None:
        self.stack, self.account = stack, account
        self.starter = FakeConcurrency()
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

    @property
    def pause(self) -> StarterPause:
        return StarterPause(self.starter, self.sqs, "starter", self.account.queue_url)  # type: ignore[arg-type]  # what it uses

    def destroy(self, workforce: str | None = None) -> None:
        self.stack.cloudformation.status = "DELETE_IN_PROGRESS"
        try:
            DestroyGuard(
                self.pause,
                self.counter,
                self.work_teams,
                workforce,
                seconds_of_counting=COUNTING,
                sleep=self.sleep,
            ).allow_destruction()
        except Exception:
            self.stack.cloudformation.status = "DELETE_FAILED"
            raise

    def policy(self) -> list[dict[str, Any]]:
        """Return the statements of the queue's policy."""
        url = self.account.queue_url
        found = self.account.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
        text = found.get("Attributes", {}).get("Policy")
        return json.loads(text)["Statement"] if text else []

    def denies_sends(self) -> bool:
        return any(
            each["Effect"] == "Deny"
            and each["Action"] == "sqs:SendMessage"
            and each["Principal"] == "*"
            and "Condition" not in each
            for each in self.policy()
        )

    def update(self, old: Needs, new: Needs) -> None:
        UpdateGuard(self.counter, self.work_teams).allow_update(old, new)

    def sleep(self, seconds: float) -> None:
        assert self.starter.reserved == 0
        assert self.denies_sends()
        self.slept.append(seconds)
        self.stack.a2i.advance(timedelta(seconds=seconds))


@pytest.fixture
def guarded(stack: FlowStack, account: Account) -> Guarded:
    return Guarded(stack, account)


def test_nothing_pending_is_allowed_and_leaves_the_starter_paused(guarded: Guarded) -> None:
    guarded.destroy()
    assert guarded.starter.reserved == 0
    assert guarded.denies_sends()
    assert sum(guarded.slept) == COUNTING


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


ENFORCE_TLS = {
    "Sid": "EnforceTls",
    "Effect": "Deny",
    "Principal": {"AWS": "*"},
    "Action": "sqs:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def as_deployed(guarded: Guarded) -> list[dict[str, Any]]:
    """Give the queue the policy of its template."""
    policy = {"Version": "2012-10-17", "Statement": [ENFORCE_TLS]}
    guarded.account.sqs.set_queue_attributes(
        QueueUrl=guarded.account.queue_url, Attributes={"Policy": json.dumps(policy)}
    )
    return [ENFORCE_TLS]


def kill_while_counting(guarded: Guarded) -> None:
    """Have a guard die without its last words, so that its pause stays."""

    def killed(_seconds: float) -> None:
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guarded, "sleep", killed)
        patch.setattr(StarterPause, "lift", lambda _pause: False)
        with pytest.raises(Killed):
            guarded.destroy()
    guarded.stack.cloudformation.status = "DELETE_FAILED"


@pytest.mark.parametrize("reserved", [None, 0, 7])
def test_a_refusal_resumes_starter_and_queue_as_they_were(
    guarded: Guarded, reserved: int | None
) -> None:
    guarded.starter.reserved = reserved
    policy = as_deployed(guarded)
    guarded.stack.start_loop("one")
    with pytest.raises(PendingReviewsError):
        guarded.destroy()
    assert guarded.starter.reserved == reserved
    assert guarded.policy() == policy


@pytest.mark.parametrize("reserved", [None, 7])
def test_the_pause_of_a_killed_guard_is_lifted_by_the_next_that_refuses(
    guarded: Guarded, reserved: int | None
) -> None:
    guarded.starter.reserved = reserved
    policy = as_deployed(guarded)
    kill_while_counting(guarded)
    assert guarded.starter.reserved == 0
    guarded.stack.start_loop("one")
    with pytest.raises(PendingReviewsError):
        guarded.destroy()
    assert guarded.starter.reserved == reserved
    assert guarded.policy() == policy


def reconcile(guarded: Guarded) -> bool:
    """Run the reconciler, and say whether it has lifted a pause."""
    account = guarded.account
    open_reviews = OpenReviews(
        human_loops=HumanLoops(account.a2i),  # type: ignore[arg-type]  # the part it uses
        results_function=ResultsFunction(FakeLambda(account), "results"),  # type: ignore[arg-type]
        queue=StarterQueue(account.sqs, account.queue_url),
        flows=frozenset({"sentiment"}),
    )
    reconciler = Reconciler(account.ledger(), open_reviews, guarded.stack.draining(), guarded.pause)
    return reconciler.run().starter_resumed


@pytest.mark.parametrize("reserved", [None, 7])
def test_the_reconciler_lifts_the_pause_of_a_killed_guard(
    guarded: Guarded, reserved: int | None
) -> None:
    guarded.starter.reserved = reserved
    policy = as_deployed(guarded)
    kill_while_counting(guarded)
    assert guarded.denies_sends()

    assert reconcile(guarded)
    assert guarded.starter.reserved == reserved
    assert guarded.policy() == policy
    assert not reconcile(guarded)


def test_the_reconciler_leaves_the_pause_of_a_guard_at_work(guarded: Guarded) -> None:
    kill_while_counting(guarded)
    guarded.stack.cloudformation.status = "DELETE_IN_PROGRESS"
    assert not reconcile(guarded)
    assert guarded.starter.reserved == 0
    assert guarded.denies_sends()


def test_the_reconciler_leaves_a_concurrency_that_an_operator_took(guarded: Guarded) -> None:
    guarded.starter.reserved = 0
    assert not reconcile(guarded)
    assert guarded.starter.reserved == 0


def test_the_pause_stays_once_the_guard_is_gone_and_the_rest_of_the_stack_is_not(
    guarded: Guarded,
) -> None:
    guarded.destroy()
    guarded.stack.cloudformation.status = "DELETE_FAILED"  # such as a bucket that is not empty
    assert not reconcile(guarded)
    assert guarded.starter.reserved == 0
    assert guarded.denies_sends()


def test_requests_that_were_accepted_while_they_were_counted_refuse_the_deletion(
    guarded: Guarded,
) -> None:
    sleep = guarded.sleep

    def lifted(seconds: float) -> None:
        if not guarded.slept:
            sleep(seconds)
            guarded.pause.lift()

    guarded.sleep = lifted  # type: ignore[method-assign]  # somebody interferes
    with pytest.raises(PauseLiftedError):
        guarded.destroy()
    assert not guarded.denies_sends()


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
    """Counts messages only after a while, as SQS may."""

    def __init__(self, guarded: Guarded, *, seconds: float) -> None:
        self.guarded = guarded
        self.seconds = seconds
        self.set_queue_attributes = guarded.account.sqs.set_queue_attributes

    def get_queue_attributes(self, **request: Any) -> dict[str, Any]:
        counted = self.guarded.account.sqs.get_queue_attributes(**request)
        attributes = counted.get("Attributes", {})
        if sum(self.guarded.slept) < self.seconds:
            zeros = {name: "0" for name in attributes if name.startswith("Approximate")}
            attributes = {**attributes, **zeros}
        return {"Attributes": attributes}


@pytest.mark.parametrize("late", [1, COUNTING / 2, COUNTING])
def test_a_request_that_sqs_counts_late_is_seen(guarded: Guarded, late: float) -> None:
    guarded.sqs = LaggingSqs(guarded, seconds=late)
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


def test_a_backend_stays_while_a_review_is_open_that_the_others_do_not_know(
    guarded: Guarded,
) -> None:
    """The loop of a review that begins in another backend is none of this one's."""
    guarded.account.start(reviewId="elsewhere")
    moved = needs(backends={"account"})
    with pytest.raises(NeededByReviewsError, match=r"1 reviews behind in backend a2i: .*[.]drain"):
        guarded.update(NEEDS, moved)
    guarded.update(NEEDS, needs(backends={"account", "a2i"}))


def test_a_backend_may_go_while_reviews_are_pending_in_the_others(guarded: Guarded) -> None:
    guarded.stack.start_loop("one")
    guarded.update(needs(backends={"a2i", "account"}), NEEDS)


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
