"""Formats findings of `a2i template check` as text, JSON or GitHub annotations."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import typer

from a2i_cli.github import annotation, property_text
from a2i_cli.output import note, print_json
from worker_template import Finding, Severity


class ReportFormat(StrEnum):
    """Output format of findings."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


@dataclass(frozen=True, slots=True)
class CheckedTemplate:
    """A template's path as the caller gave it, with what the checks found."""

    path: str
    findings: Sequence[Finding]


def print_report(checked: Sequence[CheckedTemplate], format_: ReportFormat) -> None:
    """Print all findings on stdout; text also sums up on stderr."""
    _PRINTERS[format_](checked)


def _print_text(checked: Sequence[CheckedTemplate]) -> None:
    for template in checked:
        for finding in template.findings:
            typer.echo(
                f"{template.path}:{finding.line}:{finding.column}: "
                f"{finding.severity} [{finding.rule}] {finding.message}"
            )
    note(_summary(checked))


def _print_json(checked: Sequence[CheckedTemplate]) -> None:
    print_json(
        [
            {
                "path": template.path,
                "findings": [
                    {
                        "rule": finding.rule,
                        "severity": finding.severity,
                        "line": finding.line,
                        "column": finding.column,
                        "message": finding.message,
                    }
                    for finding in template.findings
                ],
            }
            for template in checked
        ]
    )


_GITHUB_COMMANDS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}


def _print_github(checked: Sequence[CheckedTemplate]) -> None:
    for template in checked:
        for finding in template.findings:
            file = property_text(template.path)
            place = f"file={file},line={finding.line},col={finding.column}"
            kind = _GITHUB_COMMANDS[finding.severity]
            typer.echo(annotation(kind, finding.rule, finding.message, place))


def _summary(checked: Sequence[CheckedTemplate]) -> str:
    counts = Counter(finding.severity for each in checked for finding in each.findings)
    parts = [_counted(len(checked), "template")]
    parts += [_counted(counts[severity], severity) for severity in Severity if counts[severity]]
    return ", ".join(parts) + ("" if counts else ", nothing found")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 or noun == Severity.INFO else f"{number} {noun}s"


_PRINTERS: dict[ReportFormat, Callable[[Sequence[CheckedTemplate]], None]] = {
    ReportFormat.TEXT: _print_text,
    ReportFormat.JSON: _print_json,
    ReportFormat.GITHUB: _print_github,
}
