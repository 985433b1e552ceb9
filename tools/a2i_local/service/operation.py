"""API operations: validated parameters in, members of the response out.

Names and types are those of the API's own model; a member that is None is left out of the
response.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from a2i_local.service.errors import ValidationException
from a2i_local.service.scope import Scope
from worker_template import a2i_number

Parameters = Mapping[str, Any]
Result = dict[str, Any]
Operation = Callable[[Scope, Parameters], Result | Callable[[], Result]]
"""Runs under the engine's lock; work that takes long comes back as a function to call after it."""


def json_object(text: str, parameter: str) -> dict[str, Any]:
    """Return the object, with numbers as A2I writes them.

    Raises:
        ValidationException: the text is no JSON object; the message names the parameter.
    """
    try:
        document = json.loads(text, parse_constant=_refuse_constant, parse_float=a2i_number)
        _require_unicode(text, document)
    except (ValueError, RecursionError) as error:
        raise ValidationException(f"{parameter} is not valid JSON: {error}") from error
    if not isinstance(document, dict):
        raise ValidationException(f"{parameter} must be a JSON object in a string")
    return document


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _require_unicode(text: str, document: Any) -> None:
    """Half a surrogate pair can be escaped in JSON, but never be written to S3 or a page."""
    if "\\ud" in text.lower():
        json.dumps(document, ensure_ascii=False).encode()
