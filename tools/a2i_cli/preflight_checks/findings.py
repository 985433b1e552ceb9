"""Findings of preflight checks; a refused AWS call becomes a warning."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from botocore.exceptions import BotoCoreError, ClientError

from a2i_cli.aws_errors import explain


class Severity(StrEnum):
    """`error` is what would make a deployment, or reviews, fail."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """One answer of a check, with what to do where it is not good."""

    check: str
    severity: Severity
    message: str
    remedy: str | None = None

    def as_json(self) -> dict[str, str | None]:
        """Return the fields as a JSON object."""
        return {
            "check": self.check,
            "severity": self.severity,
            "message": self.message,
            "remedy": self.remedy,
        }


def ok(check: str, message: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(check, Severity.OK, message)


def warning(check: str, message: str, remedy: str) -> Finding:
    """Return a finding that may matter."""
    return Finding(check, Severity.WARNING, message, remedy)


def error(check: str, message: str, remedy: str) -> Finding:
    """Return a finding that has to be mended."""
    return Finding(check, Severity.ERROR, message, remedy)


def guarded(check: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """Yield what `look` finds; where AWS refuses it a call, yield that as a warning."""
    try:
        yield from look()
    except (BotoCoreError, ClientError) as refused:
        yield warning(check, explain(refused), "not checked: run again with the permission to read")
