"""Findings that a template's author accepts, written into the template with the reason.

`{% comment %} a2i-allow skip-autoescape: our own service writes the table {% endcomment %}`
accepts all findings of that rule in the template. Workers never see the comment.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from worker_template.findings import Severity
from worker_template.liquid_source import LiquidSource
from worker_template.rules.registry import RULES, Problem, rule
from worker_template.rules.subject import Subject

_ALLOWANCE = re.compile(r"a2i-allow\s+(?P<rule>[\w-]*)(?P<reason>[^%\n]*)")


@dataclass(frozen=True, slots=True)
class Allowance:
    """A rule whose findings are accepted, and why; the reason can be missing."""

    rule: str
    reason: str
    index: int


def allowances(source: LiquidSource) -> Iterator[Allowance]:
    """The allowances in the comments of a template."""
    for statement in source.statements:
        if statement.tag == "comment":
            for match in _ALLOWANCE.finditer(source.text, statement.start, statement.end):
                reason = match["reason"].removeprefix(":").removesuffix("{").strip()
                yield Allowance(match["rule"], reason, match.start())


@rule("allowance", Severity.ERROR)
def allowance(subject: Subject) -> Iterator[Problem]:
    """An accepted finding names its rule and a reason."""
    for each in allowances(subject.source):
        if each.rule not in RULES:
            yield Problem(
                each.index,
                f"there is no rule {each.rule!r} to allow; use an id that check prints",
            )
        elif not each.reason:
            yield Problem(
                each.index, f"write why {each.rule} is accepted: a2i-allow {each.rule}: <reason>"
            )
