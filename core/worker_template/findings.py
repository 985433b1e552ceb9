"""Findings of a template check, and their severities."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Severity of a finding: an error stops synthesis, the rest is reported and can be accepted."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found in the author's file.

    Attributes:
        rule: Name of the rule.
        severity: Whether it stops synthesis.
        message: What is wrong, and what to do.
        line: Number of the line, from 1.
        column: Number of the character in the line, from 1.
    """

    rule: str
    severity: Severity
    message: str
    line: int
    column: int
