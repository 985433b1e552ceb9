"""Pages: nothing twice, nothing left out, whatever happens between them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2i_core.human_loops.errors import ValidationException
from a2i_local.service.paging import page_of_names, page_of_offsets
from a2i_local.service.tables import OrderedIndex

START = datetime(2030, 1, 1, tzinfo=UTC)
SECONDS = st.integers(0, 20)
ENTRIES = st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1), SECONDS, max_size=40)


def _index(entries: dict[str, int]) -> OrderedIndex:
    index = OrderedIndex()
    for name, seconds in entries.items():
        index.add((START + timedelta(seconds=seconds), name))
    return index


def _all_pages(index: OrderedIndex, parameters: dict[str, Any]) -> list[str]:
    names, more = page_of_names(index, parameters)
    while more:
        page, more = page_of_names(index, parameters | more)
        names += page
    return names


@given(ENTRIES, st.integers(1, 7), st.sampled_from([None, "Ascending", "Descending"]))
def test_pages_together_are_the_whole_list(
    entries: dict[str, int], limit: int, order: str | None
) -> None:
    parameters: dict[str, Any] = {"MaxResults": limit}
    if order:
        parameters["SortOrder"] = order
    expected = sorted(entries, key=lambda name: (entries[name], name))
    if order == "Descending":
        expected.reverse()
    assert _all_pages(_index(entries), parameters) == expected


@given(ENTRIES, SECONDS, SECONDS)
def test_time_filters_exclude_their_own_moment(
    entries: dict[str, int], after: int, before: int
) -> None:
    parameters = {
        "CreationTimeAfter": START + timedelta(seconds=after),
        "CreationTimeBefore": START + timedelta(seconds=before),
    }
    found = _all_pages(_index(entries), parameters)
    assert set(found) == {name for name, second in entries.items() if after < second < before}


@given(ENTRIES, st.sets(st.integers(0, 39)))
def test_what_is_deleted_between_pages_leaves_the_rest(
    entries: dict[str, int], deleted: set[int]
) -> None:
    index = _index(entries)
    first, more = page_of_names(index, {"MaxResults": 3})
    gone = {name for place, name in enumerate(entries) if place in deleted}
    for name in gone:
        index.discard((START + timedelta(seconds=entries[name]), name))
    rest = _all_pages(index, {"MaxResults": 3} | more) if more else []
    assert set(first) | set(rest) >= set(entries) - gone
    assert not set(first) & set(rest)


@pytest.mark.parametrize("change", [{"SortOrder": "Descending"}, {"CreationTimeAfter": START}])
def test_fails_on_a_token_of_another_question(change: dict[str, Any]) -> None:
    index = _index({"a": 1, "b": 2})
    _, more = page_of_names(index, {"MaxResults": 1})
    with pytest.raises(ValidationException, match="NextToken"):
        page_of_names(index, more | change)


@pytest.mark.parametrize("token", ["x", "", "é", "Zm9yZ2Vk", "=" * 20])
def test_fails_on_a_token_that_is_none(token: str) -> None:
    with pytest.raises(ValidationException, match="NextToken"):
        page_of_names(_index({"a": 1}), {"NextToken": token or "-"})
    with pytest.raises(ValidationException, match="NextToken"):
        page_of_offsets(["a"], {"NextToken": token or "-"})


def test_short_lists_have_pages_too() -> None:
    items = list(range(25))
    first, more = page_of_offsets(items, {})
    second, more = page_of_offsets(items, more)
    third, more = page_of_offsets(items, more)
    assert (first + second + third, more) == (items, {})
