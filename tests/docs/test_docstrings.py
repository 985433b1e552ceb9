"""Docstrings of public names: summary, each argument with unit and default, errors."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

import a2i_client
import a2i_constructs
import worker_template
from a2i_constructs import step_functions
from a2i_local import testing
from tests.docs.reference import Documented, documented

PACKAGES = (a2i_client, a2i_constructs, step_functions, testing, worker_template)
MEMBERS = {
    f"{package.__name__}.{name}.{member.name}": member
    for package in PACKAGES
    for name in package.__all__
    for member in documented(getattr(package, name))
}


def findings(rule: Callable[[Documented], Any]) -> dict[str, Any]:
    return {name: found for name, member in MEMBERS.items() if (found := rule(member))}


def has_docstring(value: Any) -> bool:
    """Classes and functions; a type alias or a constant has that of its type."""
    return inspect.isclass(value) or inspect.isfunction(value)


@pytest.mark.parametrize("package", PACKAGES, ids=[each.__name__ for each in PACKAGES])
def test_each_name_has_a_summary(package: Any) -> None:
    values = {name: getattr(package, name) for name in package.__all__}
    described = {name for name, value in values.items() if inspect.getdoc(value)}
    assert {name for name, value in values.items() if has_docstring(value)} <= described


def test_each_member_has_a_summary() -> None:
    assert len(MEMBERS) > 200
    assert findings(lambda member: not member.words) == {}


def test_each_argument_is_described() -> None:
    assert findings(lambda member: member.undescribed) == {}


def test_numbers_and_durations_have_a_unit_or_limits() -> None:
    assert findings(lambda member: member.without_unit) == {}


def test_what_an_argument_left_out_means_is_said() -> None:
    assert findings(lambda member: member.without_default) == {}


def test_errors_are_named() -> None:
    assert findings(lambda member: member.unnamed_errors) == {}


def hold(name: str, *, seconds: int | None = None) -> None:
    """Hold `name` for a while.

    Args:
        name: Whom.
        seconds: A while.
    """
    _refuse(name)


def _refuse(name: str) -> None:
    if not name:
        raise ValueError("name must have a character, got ''")


def hold_well(name: str, *, seconds: int | None = None) -> None:
    """Hold `name` for a while.

    Args:
        name: Whom.
        seconds: How long. Default: for ever.

    Raises:
        ValueError: `name` is empty.
    """
    _refuse(name)


def hold_untold(name: str) -> None:
    """Hold for a while."""


def test_the_rules_find_what_is_missing() -> None:
    missing, whole = Documented("hold", hold), Documented("hold_well", hold_well)
    assert missing.without_unit == missing.without_default == ["seconds"]
    assert missing.unnamed_errors == {"ValueError"}
    assert whole.without_unit == whole.without_default == []
    assert whole.unnamed_errors == set()
    assert Documented("hold_untold", hold_untold).undescribed == ["name"]
