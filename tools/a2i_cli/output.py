"""Output of commands: tables or JSON on stdout, progress and notes on stderr."""

import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol

import typer

_SECONDS_BETWEEN_LINES = 5.0
_WIDTH_OF_FILES = 10_000  # a table in a pipe or a log is not folded, so that grep finds whole names


class Progress(Protocol):
    """Shows a progress line."""

    def __call__(self, line: str, /) -> None: ...


def print_json(document: Any) -> None:
    """Print `document` as JSON and nothing else."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False, default=_json_value))


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Print rows under their headings; where there are none, the sentence `empty`."""
    from rich.console import Console  # noqa: PLC0415 -- a tenth of a second, only for tables
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell_text(cell)) for cell in row))
    if table.row_count:
        Console(width=None if sys.stdout.isatty() else _WIDTH_OF_FILES).print(table)
    else:
        typer.echo(empty)


def print_fields(fields: Mapping[str, object]) -> None:
    """Print one thing's fields, a line each; None shows as `-`."""
    width = max(map(len, fields), default=0)
    for name, value in fields.items():
        typer.echo(f"{name:<{width}}  {cell_text(value)}")


def note(line: str) -> None:
    """Print a line for people on stderr, where it disturbs no JSON."""
    typer.echo(line, err=True)


@contextmanager
def progress() -> Iterator[Progress]:
    """Show how far a long wait is, on stderr: a line that changes; in a log, one now and then."""
    from rich.console import Console  # noqa: PLC0415

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _SpacedLines()
        return
    with console.status("") as status:
        yield status.update


class _SpacedLines:
    """For logs: prints a line only if it differs from the one before, and not too soon after it."""

    def __init__(self) -> None:
        self._last = ""
        self._not_before = 0.0

    def __call__(self, line: str, /) -> None:
        now = time.monotonic()
        if line != self._last and now >= self._not_before:
            note(line)
            self._last, self._not_before = line, now + _SECONDS_BETWEEN_LINES


def cell_text(value: object) -> str:
    """Return `value` as a table shows it."""
    match value:
        case None | "" | [] | ():
            return "-"
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        case list() | tuple():
            return ", ".join(map(str, value))
        case dict():
            return json.dumps(value, ensure_ascii=False, default=_json_value)
        case _:
            return str(value)


def _json_value(value: object) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case _:
            raise TypeError(f"{type(value).__name__} has no JSON form")
