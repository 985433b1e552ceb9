"""Attribute literals are read without being run."""

import json
from typing import Any

from playwright.sync_api import Page

from tests.core.a2i_portal.crowd_elements.conftest import Desk

PARSE = """async (text) => {
  const { parseLiteral } = await import("/_a2i/crowd/literal.js");
  try { return JSON.stringify({ value: parseLiteral(text) }); }
  catch (error) { return JSON.stringify({ error: error.message }); }
}"""


def parse(page: Page, text: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(page.evaluate(PARSE, text))
    return parsed


def test_reads_what_templates_write(desk: Desk) -> None:
    desk.page.goto(f"{desk.portal}/_a2i/portal")
    cases: dict[str, Any] = {
        "['Yes', 'No']": ["Yes", "No"],
        '["a", "b",]': ["a", "b"],
        "{ text: 'None of the above' }": {"text": "None of the above"},
        "{'a-b': -1.5e2, c: .5, 3: +4}": {"a-b": -150, "c": 0.5, "3": 4},
        "[true, false, null]": [True, False, None],
        r"'it\'s \"fine\" \u00e9\n'": 'it\'s "fine" é\n',
        "`plain ${1}`": "plain ${1}",
        "[[], {}]": [[], {}],
        "  7 ": 7,
        '{"__proto__": {"polluted": true}}': {"__proto__": {"polluted": True}},
    }
    assert {text: parse(desk.page, text) for text in cases} == {
        text: {"value": value} for text, value in cases.items()
    }


def test_refuses_everything_else(desk: Desk) -> None:
    desk.page.goto(f"{desk.portal}/_a2i/portal")
    wrong = ["", "[", "['a' 'b']", "{a}", "'open", "alert(1)", "[1] x", "constructor", r"'\u12'"]
    assert [text for text in wrong if "error" not in parse(desk.page, text)] == []


def test_says_where_it_stopped(desk: Desk) -> None:
    desk.page.goto(f"{desk.portal}/_a2i/portal")
    assert parse(desk.page, "['it's']") == {
        "error": "expected ',' or ']' at character 6, found: s']"
    }
