"""Worker task templates reach the table of the human loops, and stay for loops that show them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from a2i_account import backend
from a2i_shared import aws_clients
from a2i_shared.errors import InvalidPropertyError
from human_task_ui import on_event
from tests.lambda_src.account_loops import SCOPE, TEMPLATE, AccountLoops
from tests.lambda_src.invocation import lambda_context

ASSETS, KEY = "assets", "template.html"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[AccountLoops]:
    account = AccountLoops()
    account.s3.put_object(Bucket=ASSETS, Key=KEY, Body=TEMPLATE.encode())
    loops = account.loops()
    monkeypatch.setattr(backend, "loops", lambda: loops)
    monkeypatch.setattr(aws_clients, "s3", lambda: account.s3)
    yield account
    account.close()


def handle(request: str, *, text: str = TEMPLATE, **more: Any) -> dict[str, Any]:
    event = {
        "RequestType": request,
        "ResourceProperties": {
            "Name": "tone-1",
            "Bucket": ASSETS,
            "Key": KEY,
            "Sha256": hashlib.sha256(text.encode()).hexdigest(),
        },
        **more,
    }
    return on_event.lambda_handler(event, lambda_context())


def test_a_template_is_written_and_found_by_its_name(account: AccountLoops) -> None:
    answer = handle("Create")
    assert answer["PhysicalResourceId"] == "tone-1"
    assert answer["Data"] == {"HumanTaskUiArn": SCOPE.arn("human-task-ui", "tone-1")}
    definitions = account.loops().definitions
    digest = definitions.template_of_ui("tone-1")
    assert digest is not None
    assert definitions.template(digest) == TEMPLATE


def test_the_text_outlives_the_task_ui(account: AccountLoops) -> None:
    handle("Create")
    definitions = account.loops().definitions
    digest = definitions.template_of_ui("tone-1")
    assert digest is not None
    handle("Delete", PhysicalResourceId="tone-1")
    assert definitions.template_of_ui("tone-1") is None
    assert definitions.template(digest) == TEMPLATE


def test_fails_for_an_object_that_is_another(account: AccountLoops) -> None:
    with pytest.raises(
        InvalidPropertyError, match=r"s3://assets/template.html has digest .*deploy"
    ):
        handle("Create", text="another")
