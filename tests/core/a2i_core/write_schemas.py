"""Writes the JSON Schemas of what other programs read, from the models that write it.

PYTHONPATH=core:lambda_src python tests/core/a2i_core/write_schemas.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

import a2i_core
from a2i_shared.events import HumanReviewFinished, HumanReviewStarted
from a2i_shared.review_result import ReviewResult
from starter.request import RequestReference, ReviewRequest
from starter.review import StartResponse

FOLDER = Path(a2i_core.__file__).parent / "schemas"
MODELS: dict[str, type[BaseModel]] = {
    "human_review_finished": HumanReviewFinished,
    "human_review_started": HumanReviewStarted,
    "review_request": ReviewRequest,
    "review_request_reference": RequestReference,
    "review_result": ReviewResult,
    "start_response": StartResponse,
}


class _WithoutFieldTitles(GenerateJsonSchema):
    """A field's made-up title would only repeat its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        del schema
        return False


def schema_text(model: type[BaseModel]) -> str:
    """What callers may send, or, of everything else, what the functions write."""
    schema = model.model_json_schema(
        by_alias=True,
        mode="validation" if model in (ReviewRequest, RequestReference) else "serialization",
        schema_generator=_WithoutFieldTitles,
    )
    return json.dumps({"$schema": GenerateJsonSchema.schema_dialect, **schema}, indent=2) + "\n"


def schema_path(name: str) -> Path:
    return FOLDER / f"{name}.schema.json"


if __name__ == "__main__":
    for model_name, its_model in MODELS.items():
        schema_path(model_name).write_text(schema_text(its_model))
