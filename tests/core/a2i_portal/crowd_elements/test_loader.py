"""Amazon's loader tags are replaced; everything else stays as the author wrote it."""

import pytest

from a2i_portal.crowd_elements import STATIC_DIRECTORY, close_channels, use_stand_in

STAND_IN = '<script type="module" src="/_a2i/crowd/index.js" data-stands-in></script>'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "<p>x</p>"),
        ("\n <!DOCTYPE html>", "<p>x</p>"),
        ("<!-- ours\n --> <!doctype html>", "<p>x</p>"),
        ("", "<!-- a comment alone --><p>x</p>"),
        ("", "<!--><script>steal()</script>--><!doctype html>"),
        ("", "<!---><script>steal()</script>--><!doctype html>"),
        ("", "<!-- --!><script>steal()</script>--><!doctype html>"),
        ('<!doctype html "a>', '<script>steal()</script>">'),
    ],
)
def test_channels_close_before_any_script_and_after_the_document_type(
    before: str, after: str
) -> None:
    script = f"<script>{(STATIC_DIRECTORY / 'closed_channels.js').read_text()}</script>"
    assert "RTC" in script
    assert close_channels(before + after) == before + script + after


@pytest.mark.parametrize(
    "tag",
    [
        '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>',
        "<script src='https://assets.crowd.aws/crowd-html-elements.js'></script>",
        "<script src=https://assets.crowd.aws/crowd-html-elements.js></script>",
        '<script src="https://assets.crowd.aws/crowd-html-elements-v2.js"></script>',
        '<SCRIPT async\n src = "//assets.crowd.aws/crowd-html-elements.js" > </SCRIPT >',
    ],
)
def test_replaces_the_loader(tag: str) -> None:
    assert use_stand_in(f"<p>a</p>{tag}<p>b</p>") == f"<p>a</p>{STAND_IN}<p>b</p>"


def test_only_the_local_a2i_s_script_says_that_it_stands_in() -> None:
    loader = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
    own = '<script type="module" src="/static/0/crowd.js"></script>'
    assert use_stand_in(loader, "/static/0/crowd.js") == own


def test_drops_the_style_sheet_of_version_2() -> None:
    style = '<link rel="stylesheet" href="https://assets.crowd.aws/css/crowd-html-elements-v2.css">'
    assert use_stand_in(f"{style}<p>a</p>") == "<p>a</p>"


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://example.com/other.js"></script>',
        "<p>crowd-html-elements.js</p>",
        '<script>load("/crowd-html-elements.js")</script>',
        '<link rel="stylesheet" href="https://example.com/a.css">',
    ],
)
def test_leaves_other_html_alone(html: str) -> None:
    assert use_stand_in(html) == html
