"""Which plain HTML controls are submitted: what Chromium's own form says, beside our schema."""

from typing import Any

import pytest
from playwright.sync_api import Page

from worker_template import TaskTemplate

pytestmark = pytest.mark.browser

LOADER = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
CONTROLS = [
    '<input name="a">',
    '<input name="a" required>',
    '<input name="a" required readonly>',
    '<input name="a" required disabled>',
    '<input name="a" type="hidden" required>',
    '<input name="a" type="hidden" value="x">',
    '<input name="a" type="range">',
    '<input name="a" type="range" disabled>',
    '<input name="a" type="color">',
    '<input name="a" type="number" required>',
    '<input name="a" type="date" required>',
    '<input name="a" type="submit" value="x">',
    '<input name="a" type="reset" value="x">',
    '<input name="a" type="button" value="x">',
    '<textarea name="a" required></textarea>',
    '<textarea name="a" required readonly></textarea>',
    '<textarea name="a" disabled required>x</textarea>',
    '<select name="a" required><option value="">?</option><option>x</option></select>',
    '<select name="a" required disabled><option>x</option></select>',
    '<select name="a"><option>x</option></select>',
    '<select name="a" multiple required><option>x</option><option>y</option></select>',
    '<select name="a" multiple><option>x</option><option>y</option></select>',
    '<fieldset disabled><input name="a" required></fieldset>',
    '<fieldset disabled><legend><input name="a" required></legend></fieldset>',
    '<fieldset disabled><p><legend><input name="a" required></legend></p></fieldset>',
    '<fieldset disabled><fieldset><input name="a" required></fieldset></fieldset>',
    '<fieldset><input name="a" required></fieldset>',
    '<template><input name="a" required></template>',
    '<template><input name="a"></template><input name="b" required>',
]
SUBMITTED = """
([html, fill]) => {
  const form = document.createElement("form");
  form.innerHTML = html;
  document.body.replaceChildren(form);
  if (fill)
    for (const control of form.elements) {
      if (control.matches("fieldset, button, [readonly]")) continue;
      if (["hidden", "range", "color"].includes(control.type)) continue;
      if (control.localName === "select") [...control.options].at(-1).selected = true;
      else if (control.type === "number") control.value = "1";
      else if (control.type === "date") control.value = "2026-01-31";
      else control.value = "x";
    }
  if (!form.checkValidity()) return null;
  return [...new FormData(form)].filter(([, value]) => value !== "").map(([name]) => name);
}
"""


@pytest.mark.parametrize("html", CONTROLS)
def test_the_schema_requires_and_allows_what_a_browser_submits(page: Page, html: str) -> None:
    schema: dict[str, Any] = TaskTemplate.from_text(
        f"{LOADER}<crowd-form>{html}</crowd-form>"
    ).answer_schema()
    page.set_content("<body></body>")
    states = [page.evaluate(SUBMITTED, [html, fill]) for fill in (False, True)]
    valid = [set(names) for names in states if names is not None]
    assert valid, "the control can be filled so that its form is valid"
    for names in valid:
        assert set(schema["required"]) <= names
        assert names <= schema["properties"].keys()
    always = set.intersection(*valid) - {
        name for name in schema["properties"] if 'value="x"' in html or "<option>x" in html
    }
    assert always <= set(schema["required"])
