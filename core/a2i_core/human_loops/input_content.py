"""InputContent: the JSON object that a human loop is started with."""

import json
import math
from typing import Any, NoReturn

from a2i_core.human_loops.errors import ValidationException

_EXACT_INTEGERS = 2**53  # beyond it a float's digits are no longer those that were sent


def a2i_number(text: str) -> int | float:
    """Return a JSON number with a fraction or an exponent as A2I keeps it: 996.0 becomes 996.

    Raises:
        ValueError: it is too large for a number.
    """
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"number {text} is out of range")
    is_whole = number.is_integer() and abs(number) < _EXACT_INTEGERS
    return int(number) if is_whole else number


def json_object(text: str, parameter: str) -> dict[str, Any]:
    """Return the object, with numbers as A2I writes them.

    Raises:
        ValidationException: the text is no JSON object; the message names the parameter.
    """
    try:
        document = _DECODER.decode(text)
        _require_unicode(text, document)
    except (ValueError, RecursionError) as error:
        raise ValidationException(f"{parameter} is not valid JSON: {error}") from error
    if not isinstance(document, dict):
        raise ValidationException(f"{parameter} must be a JSON object in a string")
    return document


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=a2i_number)


def _require_unicode(text: str, document: Any) -> None:
    """Half a surrogate pair can be escaped in JSON, but never be written to S3 or a page."""
    if "\\ud" in text.lower():
        json.dumps(document, ensure_ascii=False).encode()
