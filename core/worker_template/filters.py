"""The filters that A2I adds to standard Liquid, and the text of a value in the page."""

import html
import json
from collections.abc import Callable, Mapping
from typing import ClassVar, Protocol

from liquid.exceptions import FilterArgumentError
from liquid.undefined import Undefined
from markupsafe import Markup

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


class Written(Markup):
    """Text that an output statement writes as it is: escaped already, or meant to be raw."""


class InvalidParametersError(FilterArgumentError):
    """A filter was given what it cannot take; the message is A2I's."""


class GrantsReadAccess(Protocol):
    """The rendering that a filter belongs to."""

    @property
    def grant(self) -> Callable[[str], str]:
        """Function that turns an S3 URI into a readable URL."""


def to_output(value: object) -> str:
    """Return the text that an output statement writes for `value`."""
    if isinstance(value, Markup):
        return value
    return plain_text(value).translate(_ENTITIES)


def plain_text(value: object) -> str:
    """Return `value` as text, before escaping; nothing for null and for undefined variables."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, Undefined):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, range):
        return f"{value.start}..{value.stop - 1}"
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return str(value)


def to_json(value: object) -> str:
    """Serialise any value of the input; the output statement escapes it like other text."""
    if isinstance(value, Undefined):
        return "null"
    return json.dumps(value, ensure_ascii=False, default=str)


def skip_autoescape(value: object) -> Written:
    """Write the value as it is."""
    return Written(plain_text(value))


def escape(value: object) -> Written:
    """Escape once: text that is escaped already stays."""
    return Written(to_output(value))


def escape_once(value: object) -> Written:
    """Escape, leaving alone the entities that the text has already."""
    return Written(html.unescape(plain_text(value)).translate(_ENTITIES))


class ReadAccessFilter:
    """`grant_read_access` and `s3_presign`: the address under which the worker's browser reads."""

    with_context: ClassVar[bool] = True

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, value: object, *, context: GrantsReadAccess) -> str:
        """Make the address readable; None and undefined variables count as the empty text."""
        text = plain_text(value)
        try:
            return context.grant(text)
        except ValueError as error:
            raise InvalidParametersError(
                f'"{self.name}" input is not a valid S3 URI: "{text}".', token=None
            ) from error
