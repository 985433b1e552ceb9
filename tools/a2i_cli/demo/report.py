"""What the demonstration shows and writes at its end."""

import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from a2i_cli.demo.reviews import Review


def show_results(console: Console, reviews: list[Review]) -> None:
    """Print each review (decision and why, loop, answer, confirmed or changed), then the URIs."""
    table = Table(title="Reviews", show_lines=True)
    for heading in ("review", "decision and why", "human loop", "answer", "outcome"):
        table.add_column(heading, overflow="fold")
    for review in reviews:
        table.add_row(
            review.review_id,
            f"{review.decision}: {'; '.join(review.reasons)}",
            (review.human_loop_name or "-") if review.needs_a_person else "-",
            _answer_text(review),
            _outcome(review),
        )
    console.print(table)
    for review in reviews:
        if review.result_uri:
            console.print(f"{review.review_id}  {review.result_uri}", soft_wrap=True)


def write_results(reviews: list[Review], path: Path) -> None:
    """Write `results.json`, the machine-readable end of the demonstration."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [review.as_row() for review in reviews]
    path.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _answer_text(review: Review) -> str:
    answer = review.result.get("answer")
    if not answer:
        return "-"
    return ", ".join(f"{name}: {_value_text(value)}" for name, value in answer.items())


def _value_text(value: object) -> str:
    match value:
        case {"label": label}:
            return str(label)
        case str():
            return value
        case _:
            return json.dumps(value, ensure_ascii=False)


def _outcome(review: Review) -> str:
    if not review.needs_a_person:
        return "-"
    if review.status != "Completed":
        return str(review.status)
    return "changed" if review.result.get("changedFields") else "confirmed"
