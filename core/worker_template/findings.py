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
    """One thing a rule found; line and column count from 1 in the author's file."""

    rule: str
    severity: Severity
    message: str
    line: int
    column: int
