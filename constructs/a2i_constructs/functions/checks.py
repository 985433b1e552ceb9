"""Checks of arguments against the service's limits; tokens pass, their value is not known yet."""

import re

from aws_cdk import Duration, Token


def check_length(name: str, value: str, *, minimum: int, maximum: int) -> None:
    """Refuse a text that the service would refuse for its length."""
    if Token.is_unresolved(value):
        return
    if not minimum <= len(value) <= maximum:
        raise ValueError(
            f"{name} must have {minimum} to {maximum} characters, got {len(value)}: {value!r}"
        )


def check_single_line(name: str, value: str) -> None:
    """Refuse line breaks: the service's pattern for the field is `.+`."""
    if not Token.is_unresolved(value) and len(value.splitlines()) > 1:
        raise ValueError(f"{name} must be a single line, got {value!r}: remove the line breaks")


def check_range(name: str, value: float, *, minimum: float, maximum: float) -> None:
    """Refuse a number outside the service's range."""
    if not Token.is_unresolved(value) and not minimum <= value <= maximum:
        raise ValueError(f"{name} must be between {minimum} and {maximum}, got {value}")


def check_pattern(name: str, value: str, pattern: re.Pattern[str], allowed: str) -> None:
    """Refuse a text that does not match as a whole; `allowed` says the pattern in words."""
    if not Token.is_unresolved(value) and not pattern.fullmatch(value):
        raise ValueError(f"{name} must be {allowed}, got {value!r}")


def check_at_least(name: str, value: Duration, minimum: Duration) -> None:
    """Refuse a duration below the service's minimum."""
    if not value.is_unresolved() and value.to_seconds() < minimum.to_seconds():
        limit = minimum.to_human_string()
        raise ValueError(f"{name} must be at least {limit}, got {value.to_human_string()}")


def check_at_most(name: str, value: Duration, maximum: Duration) -> None:
    """Refuse a duration above the service's maximum."""
    if not value.is_unresolved() and value.to_seconds() > maximum.to_seconds():
        limit = maximum.to_human_string()
        raise ValueError(f"{name} must be at most {limit}, got {value.to_human_string()}")
