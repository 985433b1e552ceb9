"""docs/templates.md's table of crowd elements, from the samples that the tests answer.

`python -m tests.core.a2i_portal.crowd_elements.element_table` writes it anew.
"""

import json
from pathlib import Path

from tests.core.a2i_portal.crowd_elements.samples import SAMPLES

PAGE = Path(__file__).parents[4] / "docs/templates.md"
BEGIN, END = "<!-- elements: begin -->\n", "<!-- elements: end -->"


def table() -> str:
    """The table, a row an element."""
    columns = (
        "element",
        "by pointer",
        "by keyboard",
        "keys that the tests press",
        "answer of an element named `f`",
    )
    rows = [
        (
            f"`{each.tag}`",
            each.by_pointer,
            each.by_keyboard,
            f"`{each.keys}`",
            f"`{json.dumps(each.answer, ensure_ascii=False)}`",
        )
        for each in SAMPLES
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in (columns, ("---",) * len(columns), *rows))


def written(page: str) -> str:
    """The page with the table as it has to be."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + table() + END + after


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
