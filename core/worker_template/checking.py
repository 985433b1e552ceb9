"""Runs the rules over a template."""

from collections.abc import Mapping
from typing import Any

from worker_template.findings import Finding, Severity
from worker_template.html_document import Lines
from worker_template.rules import RULES, Rule
from worker_template.rules.allowances import allowances
from worker_template.rules.subject import Subject


def check_template(text: str, sample_input: Mapping[str, Any] | None) -> list[Finding]:
    """Return what the rules find and the template does not allow, in the order of the text.

    Text that is not Liquid gives that one error: no other rule can read it.
    """
    subject = Subject(text, sample_input)
    findings = _findings(subject, reads_text_only=True)
    if any(finding.severity is Severity.ERROR for finding in findings):
        return findings
    allowed = {allowance.rule for allowance in allowances(subject.source) if allowance.reason}
    findings += _findings(subject, reads_text_only=False)
    return sorted(
        (finding for finding in findings if finding.rule not in allowed),
        key=lambda finding: (finding.line, finding.column),
    )


def _findings(subject: Subject, *, reads_text_only: bool) -> list[Finding]:
    rules = [rule for rule in RULES.values() if rule.reads_text_only is reads_text_only]
    lines = Lines(subject.text)
    # Two renderings can show the same problem; it is told once.
    return list(
        dict.fromkeys(finding for rule in rules for finding in _apply(rule, subject, lines))
    )


def _apply(rule: Rule, subject: Subject, lines: Lines) -> list[Finding]:
    return [
        Finding(rule.id, rule.severity, problem.message, *lines.position(problem.index))
        for problem in rule.check(subject)
    ]
