"""The commands derive the very names that the functions in the account derive."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2i_cli.deployed import names
from a2i_cli.failures import CommandError
from a2i_core import names as account_names

STACK_ID = "arn:aws:cloudformation:us-east-1:123456789012:stack/Reviews/1a2b3c4d-0000-0000"
flows = st.from_regex(r"[a-z0-9](-?[a-z0-9]){0,19}", fullmatch=True)
review_ids = st.text(min_size=1, max_size=128)


@given(flow=flows, review_id=review_ids)
def test_derives_names_as_the_functions_do(flow: str, review_id: str) -> None:
    assert names.stack_hash(STACK_ID) == account_names.stack_hash(STACK_ID)
    assert names.human_loop_name(STACK_ID, flow, review_id) == account_names.human_loop_name(
        STACK_ID, flow, review_id
    )
    assert names.request_key(flow, review_id) == account_names.request_key(flow, review_id)
    assert names.result_key(flow, review_id) == account_names.result_key(flow, review_id)


@given(flow=flows)
def test_recognises_the_flow_of_a_definition_of_its_stack_only(flow: str) -> None:
    definition = account_names.flow_definition_name(flow, STACK_ID, "Flow", {})
    assert names.flow_of_definition(definition, "1a2b3c4d") == flow
    assert names.flow_of_definition(definition, "00000000") is None


@pytest.mark.parametrize("name", ["sentiment", "sentiment-1a2b3c4d", "-1a2b3c4d-0123456789"])
def test_recognises_no_definition_that_another_tool_made(name: str) -> None:
    assert names.flow_of_definition(name, "1a2b3c4d") is None


@pytest.mark.parametrize("uri", ["bucket/key", "s3://bucket", "s3://bucket/", "s3:///key", ""])
def test_refuses_what_is_no_s3_uri(uri: str) -> None:
    with pytest.raises(CommandError, match="reads s3://bucket/key"):
        names.split_s3_uri(uri)
