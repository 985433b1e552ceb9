"""A rule about the allowances in a template."""

from collections.abc import Iterator

from worker_template.allowances import allowances
from worker_template.findings import Severity
from worker_template.rules.registry import RULES, Problem, rule
from worker_template.rules.subject import Subject


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
