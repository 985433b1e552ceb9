"""A role that was granted some flows uses no others at the endpoint, whatever IAM allows it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from a2i_account import backend
from human_loop_endpoint import handler
from tests.lambda_src.account_loops import ACCOUNT, AccountLoops
from tests.lambda_src.invocation import lambda_context
from tests.lambda_src.test_human_loop_endpoint import event

LIMITED = f"arn:aws:sts::{ACCOUNT}:assumed-role/claims/session"
OPERATOR = f"arn:aws:sts::{ACCOUNT}:assumed-role/operator/claims"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[AccountLoops]:
    made = AccountLoops()
    monkeypatch.setattr(backend, "operations", made.operations)
    monkeypatch.setenv("A2I_CALLERS", json.dumps([{"role": "claims", "flows": ["mine"]}]))
    for name in ("mine", "other"):
        made.start(f"in-{name}", made.create_flow_definition(name))
    yield made
    made.close()


def call(user_arn: str | None, *request: str) -> tuple[int, str | None]:
    """Return status and error code of a request that a caller signed."""
    sent = event(*request)
    sent["requestContext"]["authorizer"] = {"iam": {"userArn": user_arn}}
    answer = handler.lambda_handler(sent, lambda_context())
    return answer["statusCode"], answer["headers"].get("x-amzn-ErrorType")


def started_in(account: AccountLoops, flow: str) -> tuple[str, str, str]:
    content = {"InputContent": '{"text": "a"}'}
    arn = account.loops().scope.arn("flow-definition", flow)
    body = {"HumanLoopName": "new", "FlowDefinitionArn": arn, "HumanLoopInput": content}
    return "POST", "/human-loops", json.dumps(body)


def listed_of(account: AccountLoops, flow: str) -> tuple[str, str, str, str]:
    arn = account.loops().scope.arn("flow-definition", flow)
    return "GET", "/human-loops", "", f"FlowDefinitionArn={arn}"


def requests_on(account: AccountLoops, flow: str) -> list[tuple[str, ...]]:
    return [
        started_in(account, flow),
        listed_of(account, flow),
        ("GET", f"/human-loops/in-{flow}"),
        ("POST", "/human-loops/stop", json.dumps({"HumanLoopName": f"in-{flow}"})),
    ]


def test_what_was_granted_is_allowed(account: AccountLoops) -> None:
    assert [call(LIMITED, *each) for each in requests_on(account, "mine")] == [(200, None)] * 4


def test_everything_else_is_denied_as_a2i_denies_it(account: AccountLoops) -> None:
    denied = (403, "AccessDeniedException")
    for each in [*requests_on(account, "other"), ("DELETE", "/human-loops/in-other")]:
        assert call(LIMITED, *each) == denied, each
    loop = account.loop("in-other")
    assert loop is not None
    assert loop.status.value == "InProgress"
    assert account.loop("new") is None


def test_a_loop_that_is_not_there_is_not_found(account: AccountLoops) -> None:
    assert call(LIMITED, "GET", "/human-loops/none") == (404, "ResourceNotFoundException")


@pytest.mark.parametrize(
    "caller",
    [OPERATOR, f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{ACCOUNT}:user/claims", None],
)
def test_who_has_no_list_may_do_what_iam_allows(account: AccountLoops, caller: str | None) -> None:
    assert call(caller, *started_in(account, "other")) == (200, None)


def test_a_list_that_cannot_be_read_lets_nobody_in(
    account: AccountLoops, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A2I_CALLERS", '[{"role": "claims"')
    assert call(LIMITED, *started_in(account, "other")) == (500, "InternalServerException")
