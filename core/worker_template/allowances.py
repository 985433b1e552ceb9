"""Findings that a template's author accepts, written into the template with the reason.

`{% comment %} a2i-allow skip-autoescape: our own service writes the table {% endcomment %}`
accepts all findings of that rule in the template. Workers never see the comment.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from worker_template.liquid_source import LiquidSource

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
