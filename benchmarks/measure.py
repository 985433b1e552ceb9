"""Result type of a benchmark, and timing helpers."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Measurement:
    """One number. `goal` is the most it should be; None where it is only reported."""

    name: str
    value: float
    unit: str
    goal: float | None = None

    @property
    def text(self) -> str:
        """The value as people read it."""
        return f"{self.value:,.2f} {self.unit}"

    @property
    def goal_text(self) -> str:
        """The goal, and whether it is met."""
        if self.goal is None:
            return "-"
        met = "met" if self.value <= self.goal else "missed"
        return f"<= {self.goal:g} {self.unit}: {met}"

    def as_json(self) -> dict[str, Any]:
        """The row of build/bench.json."""
        return {"name": self.name, "value": self.value, "unit": self.unit, "goal": self.goal}


def seconds(action: Callable[[], object]) -> float:
    """Duration of one call, in seconds."""
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def median_seconds(action: Callable[[], object], repeat: int) -> float:
    """The median of several calls."""
    return statistics.median(seconds(action) for _ in range(repeat))


def alternating_medians(actions: Sequence[Callable[[], object]], repeat: int) -> tuple[float, ...]:
    """Medians of several actions, run in turn so that a slow minute affects them all."""
    rounds = [[seconds(action) for action in actions] for _ in range(repeat)]
    return tuple(statistics.median(column) for column in zip(*rounds, strict=True))


def run_python(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run this Python in a process of its own; its output is returned, a failure raised."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, **options)  # noqa: S603 - our own arguments
