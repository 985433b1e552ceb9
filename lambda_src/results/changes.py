"""Changes that reviewers made to the model's proposal, field by field.

The proposal for a field of the answer is the first of these that can be compared with it:

1. the prediction's member of the same name, regardless of case, `_`, `-` and spaces;
2. the input's member of the same name, compared the same way;
3. the input's `initialValue`, when the answer has one field only.

Like is compared with like: a label or text with a string or number, labels with a list of strings,
a structure with a structure. Labels are equal regardless of case ("POSITIVE" is confirmed by
"Positive"), texts when they are the same but for white space around them. A field without a
proposal has nothing that could have changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from a2i_core.answer_readings import read_field, read_proposal
from a2i_shared.review_result import Change

_INITIAL_VALUE = "initialValue"


def find_changes(
    answer: Mapping[str, Any], *, prediction: Any, task_input: Mapping[str, Any]
) -> dict[str, Change]:
    """The fields whose answer differs from the proposal, with both."""
    changes = {}
    for name, field in answer.items():
        only_field = len(answer) == 1
        candidates = _proposals(name, prediction, task_input, only_field=only_field)
        change = _compare(field, candidates)
        if change is not None:
            changes[name] = change
    return changes


def _proposals(
    name: str, prediction: Any, task_input: Mapping[str, Any], *, only_field: bool
) -> Iterator[Any]:
    for source in (prediction, task_input):
        if isinstance(source, Mapping):
            yield from (value for key, value in source.items() if _same_name(key, name))
    if only_field and _INITIAL_VALUE in task_input:
        yield task_input[_INITIAL_VALUE]


def _same_name(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def _compare(field: Any, candidates: Iterator[Any]) -> Change | None:
    """None when the first comparable candidate says the same, or there is none."""
    if field is None:  # the reviewers were undecided
        return None
    answered = read_field(field)
    for candidate in candidates:
        proposed = read_proposal(candidate, answered.kind)
        if proposed is not None:
            same = proposed.identity == answered.identity
            return None if same else Change(before=candidate, after=answered.value)
    return None
