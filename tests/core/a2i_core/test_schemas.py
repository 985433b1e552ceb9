from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2i_shared.review_policy import Subject, decide
from tests.core.a2i_core.write_schemas import FOLDER, MODELS, schema_path, schema_text


@pytest.mark.parametrize("name", sorted(MODELS))
def test_the_schema_says_what_the_code_writes(name: str) -> None:
    hint = "run: PYTHONPATH=core:lambda_src python tests/core/a2i_core/write_schemas.py"

    assert schema_path(name).read_text() == schema_text(MODELS[name]), hint


def test_the_policys_schema_knows_every_condition_that_the_starter_reads() -> None:
    schema = json.loads((FOLDER / "review_policy.schema.json").read_text())
    offered = {each["$ref"].rpartition("/")[2] for each in schema["$defs"]["condition"]["oneOf"]}

    for condition in offered:
        (key,) = schema["$defs"][condition]["required"]
        assert key == condition
    with pytest.raises(Exception, match=f"allowed are {', '.join(sorted(offered))}"):
        decide({"version": "1", "reviewWhen": {"unheard of": {}}}, Subject("r", None))


LEAVES = st.sampled_from(
    [
        {"confidence": {"path": "a", "below": 0.5}},
        {"confidence": {"path": "max(values(b))", "between": [0, 1]}},
        {"sample": {"percent": 3}},
        {"always": {}},
        {"never": {}},
        {"missing": {"path": "c"}},
        {"matches": {"path": "d", "pattern": "^x"}},
    ]
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"anyOf": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"allOf": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=8,
)


@given(
    condition=CONDITIONS,
    prediction=st.one_of(
        st.none(),
        st.dictionaries(st.sampled_from("abcd"), st.one_of(st.floats(), st.text(max_size=3))),
    ),
)
def test_every_policy_of_the_schema_is_decided_with_reasons(
    condition: dict[str, Any], prediction: Any
) -> None:
    decision = decide({"version": "1", "reviewWhen": condition}, Subject("r", prediction))

    assert decision.reasons
    assert all(reason for reason in decision.reasons)
