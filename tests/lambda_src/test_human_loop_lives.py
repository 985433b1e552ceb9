"""Random lives of human loops in the account: what must hold, whatever is killed, late or repeated.

Each step may be killed between any two calls to AWS, or be overtaken there by another step. Stream
records come late, twice, in any order or never; indexes may show for a while what was. In the end
what was asked for and is not there is asked for once more, as the queue does, and time passes.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.effort import examples
from tests.lambda_src.human_loop_lives import (
    NAMES,
    SUBS,
    Lives,
    check_nothing_is_left,
    check_one_story,
)

pytestmark = pytest.mark.soak

EVERY_OPTION = {
    "MaxDeclines": 2,
    "ExtensionInSeconds": 900,
    "MaxExtensions": 2,
    "AnswerGraceInSeconds": 300,
}
OPTIONS = st.sampled_from([None, EVERY_OPTION])
STEPS_OF_A_LIFE = 40

# The longest step, a submit that the stream then writes and tells, has some 24 moments.
MOMENTS = st.none() | st.integers(0, 24)
BY_CALLERS = st.tuples(
    st.sampled_from(["start", "start other", "stop", "delete", "list loops"]),
    st.sampled_from(NAMES),
)
BY_WORKERS = st.tuples(
    st.sampled_from(
        [
            *("accept", "take", "take", "release", "decline", "submit", "submit"),
            *("draft", "extend", "undo", "undo"),
        ]
    ),
    st.sampled_from(NAMES),
    st.sampled_from(SUBS),
)
BY_STREAM = st.tuples(
    st.sampled_from(["deliver", "deliver", "deliver twice", "lose"]), st.integers(0, 5)
)
BY_TIME = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 40)),
    st.just(("tick",)),
)
BY_INDEXES = st.tuples(st.just("stale"), st.sampled_from([True, True, False]))
ACTIONS = st.one_of(BY_CALLERS, BY_WORKERS, BY_WORKERS, BY_STREAM, BY_STREAM, BY_TIME, BY_INDEXES)
STEPS = st.tuples(ACTIONS, MOMENTS, st.none() | ACTIONS)


@settings(max_examples=examples(50), deadline=None)
@given(OPTIONS, st.lists(STEPS, min_size=STEPS_OF_A_LIFE, max_size=STEPS_OF_A_LIFE))
def test_no_answer_is_lost_or_doubled_and_every_end_is_told(
    options: dict[str, int] | None, steps: list[Any]
) -> None:
    lives = Lives(options)
    try:
        for step in steps:
            lives.step(*step)
        lives.settle()
        check_one_story(lives)
        check_nothing_is_left(lives)
    finally:
        lives.account.close()


@pytest.mark.parametrize(
    "step",
    [
        "start",
        "start other",
        "accept",
        "submit",
        "deliver",
        "stop",
        "delete",
        "tick",
        "extend",
        "undo",
        "decline",
    ],
)
def test_a_kill_at_every_single_moment(step: str) -> None:
    for moment in range(26):
        lives = Lives(EVERY_OPTION if step in {"extend", "undo", "decline"} else None)
        before: list[Any] = [("start", "loop-a"), ("deliver", 0), ("accept", "loop-a", "ann")]
        after: list[Any] = [("submit", "loop-a", "ann"), ("submit", "loop-a", "ben")]
        action: Any = {
            "start": ("start", "loop-a"),
            "start other": ("start other", "loop-a"),
            "accept": ("accept", "loop-a", "ben"),
            "submit": ("submit", "loop-a", "ann"),
            "deliver": ("deliver", 0),
            "stop": ("stop", "loop-a"),
            "delete": ("delete", "loop-a"),
            "tick": ("wait", 40),
            "extend": ("extend", "loop-a", "ann"),
            "undo": ("undo", "loop-a", "ann"),
            "decline": ("decline", "loop-a", "ben"),
        }[step]
        if step == "start":
            before = []
        elif step == "deliver":
            before += after
        elif step == "undo":
            before += after[:1]
        elif step == "decline":
            before += [("decline", "loop-a", "cem"), ("release", "loop-a", "ann")]
        elif step == "delete":
            before += [*after, ("deliver", 0), ("deliver", 0)]
        for each in before:
            lives.step(each, None, None)
        lives.step(action, moment, None)
        for each in after:
            lives.step(each, None, None)
        lives.settle()
        check_one_story(lives)
        check_nothing_is_left(lives)
        lives.account.close()


LIFE: list[tuple[Any, ...]] = [
    ("start", "loop-a"),
    ("deliver", 0),
    ("accept", "loop-a", "ann"),
    ("accept", "loop-a", "ben"),
    ("release", "loop-a", "ben"),
    ("submit", "loop-a", "ann"),
    ("submit", "loop-a", "ben"),
    ("deliver", 0),
    ("delete", "loop-a"),
]


@pytest.mark.parametrize("steps", [1, 2])
@pytest.mark.parametrize("number", range(len(LIFE)), ids=lambda number: LIFE[number][0])
def test_an_index_that_is_some_steps_late_misleads_nobody(number: int, steps: int) -> None:
    lives = Lives()
    for before in LIFE[:number]:
        lives.step(before, None, None)
    lives.step(("stale", True), None, None)
    for unseen in LIFE[number : number + steps]:
        lives.step(unseen, None, None)
    for sub in ("cem", "ben", "ann"):
        lives.step(("take", "", sub), None, None)
        lives.step(("release", "loop-a", sub), None, None)
    lives.step(("list loops", ""), None, None)
    lives.step(("wait", 40), None, None)
    lives.settle()
    check_one_story(lives)
    check_nothing_is_left(lives)
    lives.account.close()
