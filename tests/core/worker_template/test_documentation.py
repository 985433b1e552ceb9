"""docs/templates.md says what is so."""

import json
import re
from pathlib import Path

from worker_template import TaskTemplate
from worker_template.rules import RULES

DOCUMENT = (Path(__file__).parents[3] / "docs" / "templates.md").read_text(encoding="utf-8")


def block(language: str, holding: str) -> str:
    """The first code block of a language that holds some text."""
    blocks: list[str] = re.findall(
        rf"^```{language}\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE
    )
    return next(text for text in blocks if holding in text)


TEMPLATE = TaskTemplate.from_text(block("html", "<crowd-form>"))


def test_lists_every_rule_with_its_severity() -> None:
    table = DOCUMENT.partition("<!-- rules: begin -->")[2].partition("<!-- rules: end -->")[0]
    assert table.strip().splitlines()[2:] == [
        f"| `{rule.id}` | {rule.severity} | {rule.summary.rstrip('.')} |" for rule in RULES.values()
    ]


def test_the_example_is_without_findings_for_the_sample_shown() -> None:
    sample = json.loads(block("json", "example-description"))
    assert TEMPLATE.derived_sample_input() == sample
    assert TEMPLATE.check(sample) == []


def test_the_finding_shown_is_what_the_check_says() -> None:
    shown = block("text", "control-name-missing").strip()
    (finding,) = TaskTemplate.from_text(TEMPLATE.text.replace(' name="remark"', "")).check()
    assert shown == (
        f"templates/damage_report.liquid.html:{finding.line}:{finding.column}: "
        f"{finding.severity} [{finding.rule}] {finding.message}"
    )


def test_the_allowances_shown_are_enough() -> None:
    allowance = block("html", "a2i-allow")
    text = TEMPLATE.text.replace(
        "<h1>", f"{allowance}{{{{ task.input.html | skip_autoescape }}}}<h1>"
    )
    assert TaskTemplate.from_text(text).check() == []
