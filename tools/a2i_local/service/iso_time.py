"""The time format of output.json and of status events: UTC, milliseconds, `Z`."""

from datetime import UTC, datetime


def iso_milliseconds(moment: datetime) -> str:
    """Return `2019-11-14T17:37:36.740Z`."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"
