"""`make bench`: ratios and rates of one run, into build/bench.json.

A number of seconds says more about the machine than about the code, so most goals compare two
things measured in the same run.  Goals are reported, never asserted.
"""

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import (
    app_synthesis,
    first_task,
    human_loop_writes,
    local_a2i,
    portal_import,
    starter_batch,
    starter_import,
    starter_memory,
    templates,
)
from benchmarks.measure import Measurement

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "build" / "bench.json"
PARTS = (
    app_synthesis,
    starter_import,
    portal_import,
    first_task,
    starter_batch,
    starter_memory,
    local_a2i,
    human_loop_writes,
    templates,
)


def main() -> None:
    """Run every part, show the table, write the file."""
    console = Console()
    measurements: list[Measurement] = []
    for part in PARTS:
        with console.status(part.__name__):
            measurements += part.measure()
    console.print(_table(measurements))
    RESULTS.parent.mkdir(exist_ok=True)
    rows: list[dict[str, Any]] = [measurement.as_json() for measurement in measurements]
    RESULTS.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    console.print(f"wrote {RESULTS.relative_to(ROOT)}")


def _table(measurements: list[Measurement]) -> Table:
    table = Table("what", "value", "goal", title="make bench")
    for measurement in measurements:
        table.add_row(measurement.name, measurement.text, measurement.goal_text)
    return table


if __name__ == "__main__":
    main()
