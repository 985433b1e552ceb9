"""The portal's JSON API, as an HTTP API calls it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from a2i_shared import aws_clients
from portal import handler
from portal.api import PortalApi
from portal.reviewer import Reviewer
from starter.flows import Flow
from starter.human_loops import HumanLoops
from tests.lambda_src.account_loops import (
    INPUT_BUCKET,
    POOL_ID,
    ROLE_ARN,
    SCOPE,
    STACK_ID,
    AccountLoops,
    portal_event,
    reviewer,
)
from tests.lambda_src.invocation import lambda_context
from tests.lambda_src.service_errors import service_error

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_a2i_runtime import AugmentedAIRuntimeClient


@pytest.fixture
def account() -> Iterator[AccountLoops]:
    made = AccountLoops()
    made.start("loop", made.create_flow_definition("review", task_count=2))
    yield made
    made.close()


def call(
    account: AccountLoops,
    method: str,
    path: str,
    body: Any = None,
    *,
    sub: str = "one",
    **more: Any,
) -> tuple[int, Any]:
    """Status and body of the answer to a request."""

    def reviewer_of(event: Any) -> Any:
        return Reviewer.of(event, user_pool_id=POOL_ID, scope=SCOPE)

    event = {**portal_event(method, path, sub, body), **more}
    answer = PortalApi(account.tasks(), reviewer_of).answer(event)
    return answer["statusCode"], json.loads(answer["body"])


def error(status: int, code: str, answer: tuple[int, Any]) -> str:
    assert (answer[0], answer[1]["error"]["code"]) == (status, code), answer
    return str(answer[1]["error"]["message"])


def test_a_task_from_the_list_to_its_answer(account: AccountLoops) -> None:
    status, listed = call(account, "GET", "/api/tasks")
    assert status == 200
    (task,) = listed["tasks"]
    assert (task["id"], task["state"]) == ("loop", "available")
    _, shown = call(account, "GET", "/api/tasks/loop")
    assert shown["html"] == "<crowd-form><p>a</p></crowd-form>"
    _, accepted = call(account, "POST", "/api/tasks/loop/accept")
    assert accepted["acceptedUntil"] is not None
    status, submitted = call(account, "POST", "/api/tasks/loop/submit", {"answerContent": {"x": 1}})
    assert (status, submitted["state"]) == (200, "submitted")
    listed = call(account, "GET", "/api/tasks")[1]
    assert listed == {"tasks": [], "waiting": None, "more": None}


def test_the_same_answer_again_is_taken_and_another_one_refused(account: AccountLoops) -> None:
    """The first response may have been lost, even the one that ended the loop."""
    for sub in ("one", "two"):
        answer = {"answerContent": {"by": sub}}
        assert call(account, "POST", "/api/tasks/loop/submit", answer, sub=sub)[0] == 200
    account.deliver()
    again = call(
        account, "POST", "/api/tasks/loop/submit", {"answerContent": {"by": "two"}}, sub="two"
    )
    assert again[0] == 200
    written = set(account.s3.objects)
    other = call(
        account, "POST", "/api/tasks/loop/submit", {"answerContent": {"by": "?"}}, sub="two"
    )
    error(404, "TaskNotFound", other)
    assert set(account.s3.objects) == written
    assert len(account.output("loop")["humanAnswers"]) == 2


def test_a_slot_that_is_taken_is_refused(account: AccountLoops) -> None:
    for sub in ("one", "two"):
        call(account, "POST", "/api/tasks/loop/accept", sub=sub)
    error(409, "SlotTaken", call(account, "POST", "/api/tasks/loop/accept", sub="three"))
    error(409, "SlotTaken", call(account, "GET", "/api/tasks/loop", sub="three"))
    assert call(account, "POST", "/api/tasks/loop/release", sub="one")[1]["state"] == "available"
    assert call(account, "POST", "/api/tasks/loop/accept", sub="three")[0] == 200


def test_time_that_ran_out_is_told(account: AccountLoops) -> None:
    call(account, "POST", "/api/tasks/loop/accept")
    account.advance(timedelta(hours=1))
    late = call(account, "POST", "/api/tasks/loop/submit", {"answerContent": {}})
    error(409, "TaskTimeLimitExceeded", late)


def test_time_counts_though_the_clock_has_not_run_yet(account: AccountLoops) -> None:
    call(account, "POST", "/api/tasks/loop/accept")
    account.clock.advance(timedelta(hours=1))
    late = call(account, "POST", "/api/tasks/loop/submit", {"answerContent": {}})
    error(409, "TaskTimeLimitExceeded", late)
    assert call(account, "POST", "/api/tasks/loop/accept", sub="two")[0] == 200
    account.clock.advance(timedelta(days=10))
    error(404, "TaskNotFound", call(account, "GET", "/api/tasks/loop"))
    error(404, "TaskNotFound", call(account, "POST", "/api/tasks/loop/accept"))


def test_a_declined_task_is_not_offered_again_and_its_reason_is_a_code(
    account: AccountLoops,
) -> None:
    words = call(account, "POST", "/api/tasks/loop/decline", {"reason": "Jane's scan is blurred"})
    assert "must be a code" in error(400, "InvalidRequest", words)
    call(account, "POST", "/api/tasks/loop/accept")
    status, _ = call(account, "POST", "/api/tasks/loop/decline", {"reason": "Unreadable"})
    assert status == 200
    assert call(account, "GET", "/api/tasks")[1]["tasks"] == []
    assert len(call(account, "GET", "/api/tasks", sub="two")[1]["tasks"]) == 1


def test_only_members_of_the_team_see_a_task(account: AccountLoops) -> None:
    stranger = reviewer("one", "another-team")
    assert account.tasks().list(stranger) == []
    event = portal_event("POST", "/api/tasks/loop/accept", "one", groups=["another-team"])
    answer = call(account, "POST", event["rawPath"], requestContext=event["requestContext"])
    error(403, "NotATeamMember", answer)
    event = portal_event("GET", "/api/tasks", "one", groups=[])
    answer = call(account, "GET", "/api/tasks", requestContext=event["requestContext"])
    error(403, "NotATeamMember", answer)


@pytest.mark.parametrize(
    ("path", "operation"), [("/api/tasks", "query"), ("/api/tasks/loop", "batch_get_item")]
)
def test_a_throttled_table_is_told_as_what_may_be_asked_again(
    account: AccountLoops, monkeypatch: pytest.MonkeyPatch, path: str, operation: str
) -> None:
    def throttle(**_: Any) -> None:
        raise service_error("ThrottlingException")

    monkeypatch.setattr(account.dynamodb, operation, throttle)
    error(503, "Busy", call(account, "GET", path))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/tasks", None),
        ("GET", "/api/tasks/loop", None),
        ("POST", "/api/tasks/loop/accept", None),
        ("POST", "/api/tasks/loop/release", None),
        ("POST", "/api/tasks/loop/decline", {"reason": "x"}),
        ("POST", "/api/tasks/loop/flag", {"comment": "x"}),
        ("POST", "/api/tasks/loop/submit", {"answerContent": {}}),
        ("GET", "/api/tasks/loop/draft", None),
        ("PUT", "/api/tasks/loop/draft", {"answerContent": {}}),
    ],
)
def test_a_removed_worker_is_locked_out_at_the_next_call(
    account: AccountLoops, method: str, path: str, body: Any
) -> None:
    call(account, "POST", "/api/tasks/loop/accept")
    account.block("one")
    error(403, "NotATeamMember", call(account, method, path, body))


def test_an_id_token_is_no_access_token(account: AccountLoops) -> None:
    event = portal_event("GET", "/api/tasks", "one")
    event["requestContext"]["authorizer"]["jwt"]["claims"]["token_use"] = "id"
    answer = call(account, "GET", "/api/tasks", requestContext=event["requestContext"])
    error(401, "AccessTokenRequired", answer)


def test_groups_come_as_http_apis_write_arrays() -> None:
    assert reviewer("one", "team-a", "team,b").groups == ("team-a", "team,b")
    assert reviewer("one", "[odd]").groups == ("[odd]",)


def test_a_draft_is_kept_for_its_worker_while_they_hold_the_task(account: AccountLoops) -> None:
    draft = {"answerContent": {"half": "done"}}
    error(409, "SlotTaken", call(account, "PUT", "/api/tasks/loop/draft", draft))
    call(account, "POST", "/api/tasks/loop/accept")
    assert call(account, "GET", "/api/tasks/loop/draft")[1] == {"answerContent": None}
    assert call(account, "PUT", "/api/tasks/loop/draft", draft) == (200, {})
    assert call(account, "GET", "/api/tasks/loop/draft")[1] == draft
    assert call(account, "GET", "/api/tasks/loop/draft", sub="two")[1] == {"answerContent": None}
    (key,) = [key for _, key in account.s3.objects if "/drafts/" in key]
    assert key.startswith("human-loops/loop/")


@pytest.mark.parametrize(
    ("request_line", "body", "status", "code"),
    [
        ("GET /api/nothing", None, 404, "NotFound"),
        ("DELETE /api/tasks/loop", None, 404, "NotFound"),
        ("POST /api/tasks/../accept", None, 404, "NotFound"),
        ("POST /api/tasks/none/accept", None, 404, "TaskNotFound"),
        ("POST /api/tasks/loop/submit", None, 400, "InvalidRequest"),
        ("POST /api/tasks/loop/submit", [], 400, "InvalidRequest"),
        ("POST /api/tasks/loop/submit", {"answerContent": "x"}, 400, "InvalidRequest"),
        ("POST /api/tasks/loop/submit", {"answerContent": {"a": "\ud800"}}, 400, "InvalidAnswer"),
    ],
)
def test_wrong_requests_are_told_as_what_they_are(
    account: AccountLoops, request_line: str, body: Any, status: int, code: str
) -> None:
    method, path = request_line.split()
    error(status, code, call(account, method, path, body))


def test_a_body_may_come_encoded(account: AccountLoops) -> None:
    body: dict[str, Any] = {"body": "eyJhbnN3ZXJDb250ZW50Ijoge319", "isBase64Encoded": True}
    assert call(account, "POST", "/api/tasks/loop/submit", **body)[0] == 200


def test_tasks_behind_many_that_the_worker_has_answered_are_listed(account: AccountLoops) -> None:
    flow = account.create_flow_definition("many", task_count=2)
    for number in range(230):
        account.clock.advance(timedelta(milliseconds=1))
        account.start(f"many-{number:03}", flow)
        if number < 225:
            account.tasks().submit(f"many-{number:03}", reviewer("one"), {})
    listed = call(account, "GET", "/api/tasks")[1]["tasks"]
    assert [task["id"] for task in listed] == ["loop", *(f"many-{n}" for n in range(225, 230))]

    first = call(account, "GET", "/api/tasks", sub="two")[1]
    assert (len(first["tasks"]), first["waiting"]) == (200, 231)
    after = {"queryStringParameters": {"after": first["more"]}}
    rest = call(account, "GET", "/api/tasks", sub="two", **after)[1]
    assert [task["id"] for task in rest["tasks"]] == [f"many-{n}" for n in range(199, 230)]
    assert (rest["more"], rest["waiting"]) == (None, None)


def test_a_list_goes_on_only_from_where_a_page_ended(account: AccountLoops) -> None:
    wrong = call(account, "GET", "/api/tasks", queryStringParameters={"after": "loop"})
    error(400, "InvalidTaskList", wrong)


def test_a_task_is_named_by_its_review_also_after_a_retry_of_an_earlier_release(
    account: AccountLoops,
) -> None:
    flow = Flow(flow="orders", flow_definition_arn=account.create_flow_definition("orders"))

    def start(loops: HumanLoops) -> None:
        loops.start(
            "orders-0a1b",
            review_id="order 17",
            flow=flow,
            input_content='{"text": "a"}',
            seconds_left=lambda: 10.0,
        )

    runtime = cast("AugmentedAIRuntimeClient", account.runtime())
    start(HumanLoops(runtime, keeps_review_ids=True))
    start(HumanLoops(runtime))
    account.deliver()
    shown = call(account, "GET", "/api/tasks/orders-0a1b")[1]
    assert (shown["reviewId"], shown["flow"]) == ("order 17", "orders")
    assert call(account, "GET", "/api/tasks/loop")[1]["reviewId"] is None


def test_links_to_objects_are_signed_with_the_flows_role(
    account: AccountLoops, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = account.create_flow_definition("pictures", "{{ task.input.uri | grant_read_access }}")
    account.start("pictures", flow, {"uri": f"s3://{INPUT_BUCKET}/a b.png"})
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    secrets = {"AccessKeyId": "ASIA", "SecretAccessKey": "s", "SessionToken": "t"}
    tasks = account.tasks()
    client = aws_clients.s3_of(secrets)  # type: ignore[arg-type]  # all that it reads
    object.__setattr__(tasks.credentials, "s3_of", lambda _: client)
    links = [tasks.show("pictures", reviewer("one"))["html"] for _ in range(2)]
    assert "/input/a%20b.png?" in links[0] or "input.s3" in links[0]
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in links[0]
    assert account.sts.assumed == [ROLE_ARN], "credentials are kept"
    account.clock.advance(timedelta(minutes=31))
    tasks.show("pictures", reviewer("one"))
    assert account.sts.assumed == [ROLE_ARN] * 2, "a link works for half an hour at least"


def test_every_action_is_one_line_without_content(
    account: AccountLoops, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    answer = {"answerContent": {"secret": "Jane Doe"}}
    call(account, "POST", "/api/tasks/loop/accept")
    call(account, "PUT", "/api/tasks/loop/draft", answer)
    call(account, "POST", "/api/tasks/loop/submit", answer)
    error(409, "SlotTaken", call(account, "POST", "/api/tasks/loop/accept"))
    lines = [record for record in caplog.records if record.message == "worker action"]
    noted = [(vars(line)["action"], vars(line)["outcome"]) for line in lines]
    assert noted == [
        ("POST accept", "done"),
        ("PUT draft", "done"),
        ("POST submit", "done"),
        ("POST accept", "SlotTaken"),
    ]
    assert {vars(line)["sub"] for line in lines} == {"one"}
    assert "Jane Doe" not in caplog.text


def test_no_content_is_in_the_table(account: AccountLoops) -> None:
    call(account, "POST", "/api/tasks/loop/submit", {"answerContent": {"secret": "Jane Doe"}})
    assert "Jane Doe" not in json.dumps(account.items())


def test_the_handler_makes_its_parts_from_the_environment(
    account: AccountLoops, monkeypatch: pytest.MonkeyPatch, fresh_execution_environment: None
) -> None:
    handler.api.cache_clear()
    for name, value in {
        "A2I_STACK_ID": STACK_ID,
        "A2I_HUMAN_LOOPS_TABLE": account.table,
        "A2I_HUMAN_LOOPS_BUCKET": INPUT_BUCKET,
        "A2I_USER_POOL_ID": POOL_ID,
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(aws_clients, "dynamodb", lambda: account.dynamodb)
    answer = handler.lambda_handler(portal_event("GET", "/api/tasks", "one"), lambda_context())
    assert [task["id"] for task in json.loads(answer["body"])["tasks"]] == ["loop"]
    handler.api.cache_clear()
