"""The stack's flows as its constructs registered them in Parameter Store."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from a2i_core.canonical_json import canonical_json
from a2i_shared.errors import (
    ConfigurationError,
    InputTooLargeError,
    MissingInputError,
    UnknownFlowError,
)
from a2i_shared.ledger import Consolidation
from a2i_shared.review_policy import ALWAYS, Decision, Subject, decide
from a2i_shared.shown_names import shown

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

MAX_INPUT_BYTES = 3 * 1024 * 1024
"""StartHumanLoop's own limit for InputContent."""


class Flow(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    flow: str
    flow_definition_arn: str
    review_when: dict[str, Any] | None = None
    """The review policy document. Default: every prediction is reviewed."""
    required_inputs: tuple[str, ...] = ()
    """Variables that the template cannot do without, as dotted names below `task.input`."""
    """What the flow's owner declares about all of its content; A2I wants it with each loop."""
    consolidation: Consolidation = None
    """Strategy that makes one answer of several, or one by field. Default: `majority`."""

    def decide(self, review_id: str, prediction: Any) -> Decision:
        return decide(self.review_when or ALWAYS, Subject(review_id, prediction))

    def input_content(self, task_input: Mapping[str, Any]) -> str:
        """Spell the input for StartHumanLoop; raises when the template could not work with it."""
        needed = dict.fromkeys(variable.split(".")[0] for variable in self.required_inputs)
        missing = [f"input.{name}" for name in needed if name not in task_input]
        null = [f"input.{name}" for name in needed if task_input.get(name, 0) is None]
        if missing or null:
            problems = [*_listed(missing, "missing"), *_listed(null, "null")]
            raise MissingInputError(
                f"{' and '.join(problems)}: the template of flow {self.flow!r} would show a blank"
            )
        content = canonical_json(task_input)
        size = len(content.encode())
        if size > MAX_INPUT_BYTES:
            raise InputTooLargeError(
                f"input has {size} bytes, Amazon A2I takes at most {MAX_INPUT_BYTES}: "
                "put large content into S3 and pass its URI to grant_read_access"
            )
        return content


def _listed(names: list[str], problem: str) -> list[str]:
    verb = "is" if len(names) == 1 else "are"
    return [f"{' and '.join(names)} {verb} {problem}"] if names else []


@dataclass(frozen=True)
class Flows:
    by_name: Mapping[str, Flow]

    @classmethod
    def of(cls, flows: Iterable[Flow]) -> Flows:
        return cls({flow.flow: flow for flow in flows})

    @classmethod
    def read(cls, ssm: SSMClient, path: str) -> Flows:
        """Raises ConfigurationError for a parameter that is not a flow's registration."""
        pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=path)
        return cls.of(
            _registered(parameter["Name"], parameter["Value"])
            for page in pages
            for parameter in page["Parameters"]
        )

    def select(self, name: str | None) -> Flow:
        known = ", ".join(sorted(self.by_name)) or "none"
        if name is None:
            if len(self.by_name) != 1:
                raise UnknownFlowError(
                    f"flow is missing: it may be left out only in a stack with one, not {known}"
                )
            return next(iter(self.by_name.values()))
        if name not in self.by_name:
            raise UnknownFlowError(
                f"flow {shown(name)!r} is not one of this stack's flows: {known}"
            )
        return self.by_name[name]


def _registered(parameter: str, value: str) -> Flow:
    try:
        return Flow.model_validate(json.loads(value))
    except (ValueError, ValidationError) as error:
        raise ConfigurationError(f"parameter {parameter} is not a flow's registration") from error
