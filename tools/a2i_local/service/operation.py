"""API operations: validated parameters in, members of the response out.

Names and types are those of the API's own model; a member that is None is left out of the
response.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from a2i_local.service.errors import ValidationException
from a2i_local.service.scope import Scope

Parameters = Mapping[str, Any]
Result = dict[str, Any]
Operation = Callable[[Scope, Parameters], Result]


def json_object(text: str, parameter: str) -> dict[str, Any]:
    """Return the object; ValidationException, naming the parameter, if the text is none."""
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
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
