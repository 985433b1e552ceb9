"""Docstrings of the public packages, beside the signatures and errors of the code."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass
from functools import cached_property
from typing import Any

import docstring_parser

OURS = ("a2i_client", "a2i_constructs", "a2i_local", "worker_template")
EVERYWHERE = {"self", "cls", "scope", "construct_id"}  # the CDK's, alike in each construct
COUNTED = re.compile(r"\b(int|float|Duration|Size|timedelta)\b")
UNIT = re.compile(
    r"\b(seconds?|minutes?|hours?|days?|months?|years?|bytes|[KMG]iB|percent|characters|USD"
    r"|how (long|many|much|often)|number of|share|unit)\b|%|\d",
    re.IGNORECASE,
)
NONE = re.compile(r"\bDefault\b|\bNone\b")


@dataclass(frozen=True)
class Documented:
    """A public function, method, property or constructor, and what is written about it."""

    name: str
    function: Any
    owner: type | None = None

    @cached_property
    def words(self) -> str:
        """Its docstring; a constructor's with its class's, an override's with the base's."""
        texts = [self.function.__doc__]
        if self.owner is not None:
            if self.name == "__init__":
                texts.append(self.owner.__doc__)
            texts += [
                vars(base)[self.name].__doc__
                for base in self.owner.__mro__[1:]
                if self.name in vars(base) and base.__module__.startswith(OURS)
            ]
        return "\n\n\n".join(inspect.cleandoc(text) for text in texts if text)

    @cached_property
    def arguments(self) -> dict[str, str]:
        """What is said of each argument, by its name."""
        said: dict[str, str] = {}
        for text in self.words.split("\n\n\n"):
            for each in docstring_parser.google.parse(text).params:
                said.setdefault(each.arg_name.lstrip("\\*"), each.description or "")
        return said

    def about(self, argument: str) -> str | None:
        """What is said of an argument: its entry, or a summary that has it in backticks."""
        if argument in self.arguments:
            return self.arguments[argument]
        return self.words if f"`{argument}`" in self.words else None

    @property
    def parameters(self) -> Iterator[inspect.Parameter]:
        """What a caller passes, but for what every construct takes."""
        if isinstance(self.function, property):
            return
        for name, parameter in inspect.signature(self.function).parameters.items():
            if name not in EVERYWHERE:
                yield parameter

    @property
    def undescribed(self) -> list[str]:
        """Arguments without a word."""
        return [each.name for each in self.parameters if self.about(each.name) is None]

    @property
    def without_unit(self) -> list[str]:
        """Numbers, durations and sizes of which neither unit nor limits are said."""
        return [
            each.name
            for each in self.parameters
            if COUNTED.search(str(each.annotation)) and not UNIT.search(self.about(each.name) or "")
        ]

    @property
    def without_default(self) -> list[str]:
        """Arguments whose default is None, of which it is not said what happens then."""
        return [
            each.name
            for each in self.parameters
            if each.default is None and not NONE.search(self.about(each.name) or "")
        ]

    @property
    def unnamed_errors(self) -> set[str]:
        """Errors that it or a private helper beside it raises, and no `Raises` names."""
        functions = [self.function]
        if isinstance(self.function, property):
            functions = [each for each in (self.function.fget, self.function.fset) if each]
        elif self.name == "__init__" and _is_generated(self.owner):
            functions = [check] if (check := getattr(self.owner, "__post_init__", None)) else []
        raised = {error for function in functions for error in _raised(function, self.owner)}
        return {error for error in raised if not re.search(rf"\b{error}:", self.words)}


def documented(value: Any) -> Iterator[Documented]:
    """A public function itself; a class's constructor and its public members."""
    if inspect.isfunction(value):
        yield Documented(value.__name__, value)
    if not inspect.isclass(value):
        return
    is_protocol = getattr(value, "_is_protocol", False)
    for name, member in _members(value).items():
        function = getattr(member, "__func__", getattr(member, "func", member))
        public = not name.startswith("_") or (name == "__init__" and not is_protocol)
        if public and (inspect.isfunction(function) or isinstance(function, property)):
            yield Documented(name, function, value)


def _is_generated(value: type | None) -> bool:
    """Whether `dataclass` wrote the constructor, whose fields stand for arguments."""
    return is_dataclass(value) and "__dataclass_fields__" in vars(value)


def _members(value: type) -> dict[str, Any]:
    """Members of a class and of those that it inherits from, as far as they are ours."""
    bases = [base for base in value.__mro__ if base.__module__.startswith(OURS)]
    return {name: each for base in reversed(bases) for name, each in vars(base).items()}


def _raised(function: Any, owner: type | None, depth: int = 1) -> Iterator[str]:
    """Names of the errors that a function raises, and the private functions that it calls."""
    module = inspect.getmodule(function)
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            name = node.exc.func
            if isinstance(name, ast.Name) and name.id[0].isupper():
                yield name.id
        elif isinstance(node, ast.Call) and depth:
            called = _called(node.func, module, owner)
            if inspect.isfunction(called):
                yield from _raised(called, owner, depth - 1)


def _called(function: ast.expr, module: Any, owner: type | None) -> Any:
    if isinstance(function, ast.Name):
        private = function.id.startswith(("_", "check_"))
        return getattr(module, function.id, None) if private else None
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        own = function.value.id in {"self", "cls"} and function.attr.startswith("_")
        return getattr(owner, function.attr, None) if own and owner else None
    return None
