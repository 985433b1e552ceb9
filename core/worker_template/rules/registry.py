"""The rules there are: a decorated generator is a rule."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from worker_template.findings import Severity
from worker_template.rules.subject import Subject


@dataclass(frozen=True, slots=True)
class Problem:
    """Finding of a rule: an index into the author's text, and the remedy."""

    index: int
    message: str


Check = Callable[[Subject], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A check with its identity; `summary` is the first line of its docstring."""

    id: str
    severity: Severity
    summary: str
    check: Check
    reads_text_only: bool


RULES: dict[str, Rule] = {}
"""All rules by id, in the order in which they are reported for one place."""


def rule(
    id_: str, severity: Severity, *, reads_text_only: bool = False
) -> Callable[[Check], Check]:
    """Register the decorated function as the rule `id_`.

    `reads_text_only` says that it works on text that is not Liquid; such rules run first, and the
    others only if these find no error.

    Raises `ValueError` for an id that is taken, and for a function without a docstring.
    """

    def register(check: Check) -> Check:
        summary = (check.__doc__ or "").partition("\n")[0]
        if id_ in RULES or not summary:
            raise ValueError(f"rule {id_!r} is registered twice or has no docstring")
        RULES[id_] = Rule(id_, severity, summary, check, reads_text_only)
        return check

    return register
