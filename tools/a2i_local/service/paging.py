"""Paging of list operations: sorting, time filters and NextToken."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from a2i_core.human_loops.page_tokens import (
    DEFAULT_PAGE,
    invalid_token,
    pack,
    pack_position,
    unpack,
    unpack_position,
)
from a2i_local.service.tables import OrderedIndex


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
        beyond=unpack_position(token, parameters) if token else None,
        descending=parameters.get("SortOrder") == "Descending",
    )
    page = list(islice(positions, limit + 1))
    more = {"NextToken": pack_position(page[limit - 1], parameters)} if len(page) > limit else {}
    return [name for _, name in page[:limit]], more


def page_of_offsets(
    items: list[Any], parameters: Mapping[str, Any], *, default_page: int = DEFAULT_PAGE
) -> tuple[list[Any], dict[str, str]]:
    """Return one page of a short list that is already sorted (work teams, tags)."""
    limit = parameters.get("MaxResults", default_page)
    token = parameters.get("NextToken")
    start = _decode_offset(token, parameters) if token else 0
    end = start + limit
    more = {"NextToken": pack(str(end), parameters)} if end < len(items) else {}
    return items[start:end], more


def _decode_offset(token: str, parameters: Mapping[str, Any]) -> int:
    value = unpack(token, parameters)
    if not value.isdecimal():
        raise invalid_token()
    return int(value)
