from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2i_core import names

STACK_ID = "arn:aws:cloudformation:us-east-1:123456789012:stack/HumanReview/0a1b2c3d-1-2-3-4"
SERVICE_PATTERN = re.compile(r"[a-z0-9](-*[a-z0-9]){0,62}")
FLOWS = st.from_regex(r"[a-z0-9](-*[a-z0-9]){0,39}", fullmatch=True).filter(
    lambda flow: len(flow) <= 40
)
REVIEW_IDS = st.text(min_size=1, max_size=128)
PROPERTIES: dict[str, Any] = {"RoleArn": "r", "HumanLoopConfig": {"TaskTitle": "t"}}


@given(flow=FLOWS, review_id=REVIEW_IDS)
def test_derived_names_are_names_that_the_service_accepts(flow: str, review_id: str) -> None:
    for name in (
        names.human_loop_name(STACK_ID, flow, review_id),
        names.flow_definition_name(flow, STACK_ID, "Flow", PROPERTIES),
    ):
        assert SERVICE_PATTERN.fullmatch(name)
        assert len(name) <= 63


@given(reviews=st.lists(st.tuples(FLOWS, REVIEW_IDS), unique=True, min_size=2, max_size=5))
def test_two_reviews_never_share_a_loop_a_request_or_a_result(
    reviews: list[tuple[str, str]],
) -> None:
    assert len({names.human_loop_name(STACK_ID, *review) for review in reviews}) == len(reviews)
    assert len({names.request_prefix(*review) for review in reviews}) == len(reviews)
    assert len({names.result_key(*review) for review in reviews}) == len(reviews)


def test_two_stacks_of_one_name_share_nothing() -> None:
    other = STACK_ID.replace("0a1b2c3d", "99999999")

    assert names.stack_hash(STACK_ID) == "0a1b2c3d"
    assert names.human_loop_name(other, "f", "r") != names.human_loop_name(STACK_ID, "f", "r")


def test_a_flow_definitions_name_changes_with_each_fact_about_it() -> None:
    changed = {"RoleArn": "other", "HumanLoopConfig": {"TaskTitle": "t"}}
    made = {
        names.flow_definition_name("f", STACK_ID, "Flow", PROPERTIES),
        names.flow_definition_name("f", STACK_ID, "Flow", changed),
        names.flow_definition_name("f", STACK_ID, "Other", PROPERTIES),
        names.flow_definition_name("f", STACK_ID, "Flow", PROPERTIES, attempt=1),
    }

    assert len(made) == 4


def test_a_flow_definitions_name_does_not_depend_on_the_order_of_properties() -> None:
    turned = dict(reversed(PROPERTIES.items()))

    assert names.flow_definition_name("f", STACK_ID, "Flow", turned) == (
        names.flow_definition_name("f", STACK_ID, "Flow", PROPERTIES)
    )


@given(flow=FLOWS)
def test_recognises_the_flow_of_a_definition_of_its_stack_only(flow: str) -> None:
    definition = names.flow_definition_name(flow, STACK_ID, "Flow", {})
    assert names.flow_of_definition(definition, "0a1b2c3d") == flow
    assert names.flow_of_definition(definition, "00000000") is None


@pytest.mark.parametrize("name", ["sentiment", "sentiment-0a1b2c3d", "-0a1b2c3d-0123456789"])
def test_recognises_no_definition_that_another_tool_made(name: str) -> None:
    assert names.flow_of_definition(name, "0a1b2c3d") is None
