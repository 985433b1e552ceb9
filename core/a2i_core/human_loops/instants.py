"""Moments in time as A2I writes them."""

from datetime import UTC, datetime


def iso_milliseconds(moment: datetime) -> str:
    """Return `2019-11-14T17:37:36.740Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_milliseconds(moment: datetime) -> datetime:
    """Return the moment cut to milliseconds, the finest that A2I's formats show."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
