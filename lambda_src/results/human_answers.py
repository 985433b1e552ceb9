"""The answers in the output.json that Amazon A2I writes for a completed human loop."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from a2i_core.canonical_json import canonical_json
from a2i_shared.documents import Documents, S3Uri
from a2i_shared.errors import DocumentUnreadableError
from a2i_shared.review_result import HumanAnswer


class _Output(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)

    human_answers: list[HumanAnswer]


def read_answers(documents: Documents, output_uri: str) -> list[HumanAnswer]:
    """All reviewers' answers, the earliest submission first.

    Raises DocumentNotFoundError while A2I has not written the object; DocumentUnreadableError when
    it is not an output.
    """
    document: Any = documents.read(S3Uri.parse(output_uri))
    try:
        answers = _Output.model_validate(document).human_answers
        canonical_json([answer.answer_content for answer in answers])
    except ValidationError as error:
        places = ", ".join(".".join(map(str, fault["loc"])) for fault in error.errors())
        raise DocumentUnreadableError(
            f"{output_uri} is not an output of a human loop: see {places}"
        ) from None
    except ValueError:  # infinity, or half of a surrogate pair
        raise DocumentUnreadableError(f"{output_uri} holds what JSON in UTF-8 cannot say") from None
    return sorted(answers, key=lambda answer: answer.submission_time or "")
