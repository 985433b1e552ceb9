"""Paging of list operations: sorting, time filters and NextToken."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from a2i_core.human_loops.errors import ValidationException
from a2i_local.service.tables import OrderedIndex, Position

DEFAULT_PAGE = 10
_PAGING_PARAMETERS = {"NextToken", "MaxResults"}


def page_of_names(
    index: OrderedIndex, parameters: Mapping[str, Any]
) -> tuple[list[str], dict[str, str]]:
    """Return one page of names and `{"NextToken": ...}` if there are more.

    Ascending by creation time unless SortOrder says otherwise; the time filters exclude their
    own moment. Raises ValidationException for a token of another list or other filters.
    """
    limit = parameters.get("MaxResults", DEFAULT_PAGE)
    token = parameters.get("NextToken")
    positions = index.between(
        after=parameters.get("CreationTimeAfter"),
        before=parameters.get("CreationTimeBefore"),
        beyond=_decode_token(token, parameters) if token else None,
        descending=parameters.get("SortOrder") == "Descending",
    )
    page = list(islice(positions, limit + 1))
    more = {"NextToken": _encode_token(page[limit - 1], parameters)} if len(page) > limit else {}
    return [name for _, name in page[:limit]], more


def page_of_offsets(
    items: list[Any], parameters: Mapping[str, Any], *, default_page: int = DEFAULT_PAGE
) -> tuple[list[Any], dict[str, str]]:
    """Return one page of a short list that is already sorted (work teams, tags)."""
    limit = parameters.get("MaxResults", default_page)
    token = parameters.get("NextToken")
    start = _decode_offset(token, parameters) if token else 0
    end = start + limit
    more = {"NextToken": _pack(str(end), parameters)} if end < len(items) else {}
    return items[start:end], more


def _filters_digest(parameters: Mapping[str, Any]) -> str:
    filters = {k: v for k, v in parameters.items() if k not in _PAGING_PARAMETERS}
    canonical = json.dumps(filters, sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _pack(value: str, parameters: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(f"{_filters_digest(parameters)}|{value}".encode()).decode()


def _unpack(token: str, parameters: Mapping[str, Any]) -> str:
    try:
        digest, _, value = base64.urlsafe_b64decode(token.encode()).decode().partition("|")
    except (UnicodeError, binascii.Error) as error:
        raise _invalid_token() from error
    if digest != _filters_digest(parameters):
        raise _invalid_token()
    return value


def _encode_token(position: Position, parameters: Mapping[str, Any]) -> str:
    created_at, name = position
    return _pack(f"{created_at.isoformat()}|{name}", parameters)


def _decode_token(token: str, parameters: Mapping[str, Any]) -> Position:
    created_at, _, name = _unpack(token, parameters).partition("|")
    try:
        return datetime.fromisoformat(created_at), name
    except ValueError as error:
        raise _invalid_token() from error


def _decode_offset(token: str, parameters: Mapping[str, Any]) -> int:
    value = _unpack(token, parameters)
    if not value.isdecimal():
        raise _invalid_token()
    return int(value)


def _invalid_token() -> ValidationException:
    return ValidationException(
        "The NextToken is invalid: use the one that the previous page of the same request gave"
    )
