"""The tree of elements is the one that browsers build, by html5lib as an independent oracle."""

from collections.abc import Iterator
from pathlib import Path

import html5lib
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.effort import examples
from worker_template.html_document import Element
from worker_template.html_tree import parse_html

pytestmark = pytest.mark.soak

ROOT = Path(__file__).parents[3]
TEMPLATES = [
    *sorted(ROOT.glob("worker_templates/*.liquid.html")),
    *sorted(ROOT.glob("examples/**/*.liquid.html")),
    *sorted(Path(__file__).parent.glob("**/*.liquid.html")),
]
INTERESTING = ("crowd-", "form", "short-", "fieldset", "template")
TAGS = [
    *("crowd-form", "crowd-card", "crowd-input", "short-instructions", "form", "fieldset"),
    *("div", "p", "span", "b", "a", "ul", "li", "dl", "dt", "dd", "h2", "section"),
    *("table", "tr", "td", "tbody", "caption", "svg", "label"),
]
PIECES = st.one_of(
    st.sampled_from(TAGS).map(lambda tag: f"<{tag}>"),
    st.sampled_from(TAGS).map(lambda tag: f"</{tag}>"),
    st.sampled_from(["<crowd-input/>", "<br>", "<input>", "<hr/>", "<img>", "text", "<rect/>"]),
    st.sampled_from(["<script>'<crowd-card>'</script>", "<textarea><crowd-card></textarea>"]),
    st.sampled_from(["</body>", "<input type=hidden>", "<option>", "<style></p></style>"]),
)


def ours(text: str) -> list[tuple[str, list[str]]]:
    return [(each.tag, _around(each)) for each in parse_html(text).elements if _counts(each.tag)]


def _around(element: Element) -> list[str]:
    return [each.tag for each in element.ancestors() if each.tag.startswith(INTERESTING)]


def browsers(text: str) -> list[tuple[str, list[str]]]:
    """What html5lib finds, in the order of the text (fostered elements move in its tree)."""
    numbered = _with_numbers(text)
    tree = html5lib.parse(numbered, treebuilder="dom", namespaceHTMLElements=False)
    found = [
        (int(node.getAttribute("n")), node.tagName.lower(), list(_parents(node)))
        for node in tree.getElementsByTagName("*")
        if node.hasAttribute("n") and _counts(node.tagName.lower())
    ]
    return [(tag, parents) for _, tag, parents in sorted(found)]


def _with_numbers(text: str) -> str:
    elements = parse_html(text).elements
    for number, element in reversed(list(enumerate(elements))):
        end = element.index + len(element.tag) + 1
        text = f'{text[:end]} n="{number}"{text[end:]}'
    return text


def _parents(node: object) -> Iterator[str]:
    parent = getattr(node, "parentNode", None)
    while parent is not None and getattr(parent, "tagName", None):
        if parent.tagName.lower().startswith(INTERESTING):
            yield parent.tagName.lower()
        parent = parent.parentNode


def _counts(tag: str) -> bool:
    return tag.startswith(INTERESTING) or tag in ("input", "select", "textarea", "button")


@settings(max_examples=examples(300), deadline=None)
@given(pieces=st.lists(PIECES, max_size=14))
@example(pieces=["<crowd-form>", "<crowd-input/>", "</crowd-input>", "<input>"])
@example(pieces=["<crowd-card>", "<div>", "</crowd-card>", "<input>"])
@example(pieces=["<table>", "<crowd-form>", "<tr>", "<td>", "<input>"])
@example(pieces=["<p>", "<crowd-card>", "<div>", "<input>"])
def test_every_control_is_inside_what_a_browser_puts_it_in(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert ours(text) == browsers(text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_the_templates_at_hand_have_the_tree_of_a_browser(path: Path) -> None:
    text = path.read_text("utf-8")
    assert ours(text) == browsers(text)


def test_there_are_templates() -> None:
    assert len(TEMPLATES) >= 10


def test_deep_nesting_is_cut_as_in_chromium() -> None:
    document = parse_html("<div>" * 60_000 + "<input>" + "</div>" * 60_000)
    control = next(document.named("input"))
    assert sum(1 for _ in control.ancestors()) == 512
