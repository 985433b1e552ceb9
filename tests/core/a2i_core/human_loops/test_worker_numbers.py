"""Numbers of one worker."""

from datetime import UTC, datetime, timedelta

import pytest

from a2i_core.human_loops.worker_numbers import GivenAnswer, agreements, worker_numbers

NOW = datetime(2030, 1, 8, 9, 0, tzinfo=UTC)


def given(hours_ago: float, seconds: int, agreement: int | None = None) -> GivenAnswer:
    return GivenAnswer(NOW - timedelta(hours=hours_ago), "loop", seconds, agreement)


def test_numbers_cover_seven_days_and_today() -> None:
    answers = [given(1, 10), given(8, 20, 50), given(10, 90, 100), given(24 * 7, 1_000, 0)]
    assert worker_numbers(answers, NOW) == {
        "answeredToday": 2,
        "answeredLast7Days": 3,
        "medianSeconds": 20,
        "agreement": 75,
    }


def test_a_worker_without_answers_has_no_median_and_no_agreement() -> None:
    assert worker_numbers([], NOW) == {
        "answeredToday": 0,
        "answeredLast7Days": 0,
        "medianSeconds": None,
        "agreement": None,
    }


@pytest.mark.parametrize(
    ("contents", "shares"),
    [
        ([{"label": {"label": "Yes"}}], [None]),
        ([{"label": {"label": "Yes"}}, {"label": {"label": "yes "}}], [100, 100]),
        ([{"a": "1", "b": "2"}, {"a": "1", "b": "3"}], [50, 50]),
        ([{"a": "1"}, {"a": "1"}, {"a": "2"}], [50, 50, 0]),
        ([{"a": "1"}, {}], [0, 0]),
        ([{}, {}], [100, 100]),
    ],
)
def test_agreement_is_the_share_of_fields_that_others_answered_alike(
    contents: list[dict[str, object]], shares: list[int | None]
) -> None:
    assert agreements(contents) == shares
