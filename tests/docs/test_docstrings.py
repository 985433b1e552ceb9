"""What the reference says of public names: each has a summary, each constructor its arguments."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest

import a2i_constructs
import worker_template
from a2i_constructs import step_functions

PACKAGES = (a2i_constructs, step_functions, worker_template)
NAMES = [(package, name) for package in PACKAGES for name in package.__all__]
EVERYWHERE = {"self", "cls", "scope", "construct_id"}
each_name = pytest.mark.parametrize(
    ("package", "name"), NAMES, ids=[f"{package.__name__}.{name}" for package, name in NAMES]
)


@each_name
def test_has_a_summary_and_so_have_its_members(package: Any, name: str) -> None:
    value = getattr(package, name)
    if not callable(value):
        return
    assert inspect.getdoc(value)
    assert [member for member, function in members(value) if not inspect.getdoc(function)] == []


@each_name
def test_says_what_its_makers_take(package: Any, name: str) -> None:
    value = getattr(package, name)
    if not inspect.isclass(value):
        return
    for member, maker in members(value):
        if member == "__init__" or member.startswith("from_"):
            words = f"{inspect.getdoc(value)}\n{inspect.getdoc(maker)}"
            assert [each for each in arguments(maker) if not named(each, words)] == [], member


def members(value: type) -> Iterator[tuple[str, Any]]:
    """Public functions and properties that a class defines, and its constructor if it wrote one."""
    generated = "__dataclass_fields__" in vars(value) or getattr(value, "_is_protocol", False)
    for name, member in vars(value).items():
        function = getattr(member, "__func__", member)
        public = not name.startswith("_") or (name == "__init__" and not generated)
        if public and (inspect.isfunction(function) or isinstance(member, property)):
            yield name, function


def arguments(function: Any) -> Iterator[str]:
    yield from (name for name in inspect.signature(function).parameters if name not in EVERYWHERE)


def named(argument: str, words: str) -> bool:
    return re.search(rf"^\s*\**{argument}: |`{argument}`", words, re.MULTILINE) is not None
