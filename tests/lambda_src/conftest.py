"""What the tests of the functions share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from a2i_account import backend
from a2i_shared import aws_clients
from flow_definition import account as flow_definition_account
from flow_definition import creation, is_complete, on_event
from results import handler as results_handler
from starter import handler as starter_handler
from starter.flows import Flow
from tests.lambda_src.account import FLOW_ARN, SENTIMENT_POLICY, Account
from tests.lambda_src.flow_stack import FlowStack


@pytest.fixture
def account() -> Account:
    """One flow, `sentiment`, that reviews what the model is less than 99 % sure of."""
    flow = Flow(
        flow="sentiment",
        flow_definition_arn=FLOW_ARN,
        review_when=SENTIMENT_POLICY,
        required_inputs=("taskObject",),
    )
    return Account([flow])


@pytest.fixture
def fresh_execution_environment() -> None:
    """Handlers keep what they made for later invocations; here each test is the first one."""
    for cached in (
        starter_handler.intake,
        results_handler.finisher,
        flow_definition_account.flow_definitions,
    ):
        cached.cache_clear()
    for module in (aws_clients, backend):
        for name in dir(module):
            clear = getattr(getattr(module, name), "cache_clear", None)
            if clear is not None:
                clear()


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[FlowStack]:
    """A stack with one flow definition, not deployed yet."""
    made = FlowStack()
    for handler in (on_event, is_complete):
        monkeypatch.setattr(handler, "now", made.clock.now)
        monkeypatch.setattr(handler, "flow_definitions", made.flow_definitions)
    monkeypatch.setattr(creation, "sleep", lambda _seconds: None)
    yield made
    made.a2i.close()
