"""Parsing of JSON requests and formatting of errors, shared by portal and preview."""

import json
from typing import Any

from starlette.requests import Request

from a2i_local.bounded_body import read_body

CONTENT_TYPE = "application/json"


class InvalidRequestError(Exception):
    """The request itself is wrong, whatever the task's state."""


async def json_object(request: Request) -> dict[str, Any]:
    """Return the object in the body.

    Raises:
        InvalidRequestError: the body is something else.
        BodyRefusedError: it is too large or too slow.
    """
    # Only this content type: a form of another site could post the others without asking first.
    if request.headers.get("content-type", "").partition(";")[0].strip() != CONTENT_TYPE:
        raise InvalidRequestError(f"the content type must be {CONTENT_TYPE}")
    try:
        body = json.loads(await read_body(request))
        json.dumps(body, ensure_ascii=False).encode()  # half surrogate pairs cannot be answered
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError(f"the body is not JSON: {error!r}") from error
    if not isinstance(body, dict):
        raise InvalidRequestError("the body must be a JSON object")
    return body


def answer_content(body: dict[str, Any]) -> dict[str, Any]:
    """Return the answers that `body` carries.

    Raises:
        InvalidRequestError: it carries none.
    """
    answer = body.get("answerContent")
    if not isinstance(answer, dict):
        raise InvalidRequestError("'answerContent' must be a JSON object with the answers")
    return answer
