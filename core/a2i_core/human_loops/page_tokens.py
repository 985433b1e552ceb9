"""NextToken of list operations: where the next page begins, and for which request."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from a2i_core.human_loops.errors import ValidationException

DEFAULT_PAGE = 10
"""MaxResults where the request has none."""
Position = tuple[datetime, str]
"""Creation time and name."""

_PAGING_PARAMETERS = {"NextToken", "MaxResults"}


def pack(value: str, parameters: Mapping[str, Any]) -> str:
    """Return the token that leads the same request, with the same filters, on from `value`."""
    return base64.urlsafe_b64encode(f"{_filters_digest(parameters)}|{value}".encode()).decode()


def unpack(token: str, parameters: Mapping[str, Any]) -> str:
    """Return what was packed; ValidationException for a token of another list or other filters."""
    try:
        digest, _, value = base64.urlsafe_b64decode(token.encode()).decode().partition("|")
    except (UnicodeError, binascii.Error) as error:
        raise invalid_token() from error
    if digest != _filters_digest(parameters):
        raise invalid_token()
    return value


def pack_position(position: Position, parameters: Mapping[str, Any]) -> str:
    """Return the token of a page that begins beyond a position."""
    created_at, name = position
    return pack(f"{created_at.isoformat()}|{name}", parameters)


def unpack_position(token: str, parameters: Mapping[str, Any]) -> Position:
    """Return the position that a page begins beyond; ValidationException as `unpack`."""
    created_at, _, name = unpack(token, parameters).partition("|")
    try:
        return datetime.fromisoformat(created_at), name
    except ValueError as error:
        raise invalid_token() from error


def invalid_token() -> ValidationException:
    """Return the error about a token that no page gave."""
    return ValidationException(
        "The NextToken is invalid: use the one that the previous page of the same request gave"
    )


def _filters_digest(parameters: Mapping[str, Any]) -> str:
    filters = {key: value for key, value in parameters.items() if key not in _PAGING_PARAMETERS}
    canonical = json.dumps(filters, sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
