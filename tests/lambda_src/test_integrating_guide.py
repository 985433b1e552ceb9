"""docs/integrating.md: its examples are what the schemas allow, and it explains every error."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from a2i_core.json_schemas import json_schema_path
from a2i_shared.errors import RequestRefusedError
from starter.review import ReviewDecision
from tests.core.a2i_core.write_schemas import MODELS

GUIDE = (Path(__file__).parents[2] / "docs/integrating.md").read_text()
EXAMPLES = dict(re.findall(r"<!-- schema: (\w+) -->\n```json\n(.*?)```", GUIDE, re.DOTALL))


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_shape_has_an_example_that_its_schema_allows(name: str) -> None:
    schema: Any = json.loads(json_schema_path(name).read_text())

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(EXAMPLES[name]), schema)


def test_every_error_of_a_refused_request_is_explained() -> None:
    explained = set(re.findall(r"`(\w+Error)`", GUIDE))

    assert {error.__name__ for error in RequestRefusedError.__subclasses__()} <= explained


def test_every_decision_is_explained() -> None:
    assert all(f"`{decision.value}`" in GUIDE for decision in ReviewDecision)


def test_an_unknown_schema_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'review', there are human_review_finished, human_"):
        json_schema_path("review")
