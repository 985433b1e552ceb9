"""Numbers of one worker: answers, working time, agreement with the others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import fmean, median
from typing import Any

from a2i_core.answer_readings import read_field

NUMBERS_COVER = timedelta(days=7)
"""Period before now whose answers the numbers count."""


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One answer that a worker gave: when, to which loop, and how; without its content."""

    at: datetime
    loop_name: str
    seconds: int
    """From accepting the task to submitting the answer."""
    agreement: int | None = None
    """Percentage of the fields that the others answered alike; None without others, or as yet."""


def worker_numbers(given: Iterable[GivenAnswer], now: datetime) -> dict[str, int | None]:
    """Return the numbers of the last seven days as the API shows them; a day begins in UTC.

    `medianSeconds` and `agreement` (0 to 100) are None where there is nothing to take them from.
    """
    recent = [answer for answer in given if answer.at > now - NUMBERS_COVER]
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    shares = [answer.agreement for answer in recent if answer.agreement is not None]
    return {
        "answeredToday": sum(answer.at >= today for answer in recent),
        "answeredLast7Days": len(recent),
        "medianSeconds": round(median(each.seconds for each in recent)) if recent else None,
        "agreement": round(fmean(shares)) if shares else None,
    }


def agreements(contents: Sequence[Mapping[str, Any]]) -> list[int | None]:
    """Return for each answer of a loop how far the others say the same, in percent of the fields.

    Labels count as equal regardless of case, as in results. None for the only answer.
    """
    if len(contents) == 1:
        return [None]
    names = {name for content in contents for name in content}
    said = [
        {name: read_field(content.get(name)).identity for name in names} for content in contents
    ]
    return [_share(own, [each for each in said if each is not own]) for own in said]


def _share(own: Mapping[str, str], others: Sequence[Mapping[str, str]]) -> int:
    alike = [own[name] == other[name] for other in others for name in own]
    return round(100 * fmean(alike)) if alike else 100
