"""What a check reports."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs: an error stops synth, the rest is told and can be accepted."""

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
