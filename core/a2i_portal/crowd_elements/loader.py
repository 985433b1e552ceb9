"""Points a rendered template at the stand-in instead of at Amazon's CDN."""

import re
from pathlib import Path

STATIC_DIRECTORY = Path(__file__).parent / "static"
STATIC_PATH = "/_a2i/crowd"

_LOADER_FILE = r"/crowd-html-elements(?:-v2)?\.(?:js|css)"
_LOADER_URL = (
    rf"""(?:"[^"]*{_LOADER_FILE}[^"]*"|'[^']*{_LOADER_FILE}[^']*'|[^\s>"']*{_LOADER_FILE})"""
)
_LOADER_SCRIPT = re.compile(
    rf"<script\b[^>]*?\ssrc\s*=\s*{_LOADER_URL}[^>]*>.*?</script\s*>", re.IGNORECASE | re.DOTALL
)
_LOADER_STYLE = re.compile(
    rf"<link\b[^>]*?\shref\s*=\s*{_LOADER_URL}[^>]*>", re.IGNORECASE | re.DOTALL
)
_STAND_IN_SCRIPT = f'<script type="module" src="{STATIC_PATH}/index.js"></script>'
_CLOSING_SCRIPT = f'<script src="{STATIC_PATH}/closed_channels.js"></script>'
# A document type, and the comments before it, as the HTML standard ends them: `<!-->` is one.
_COMMENT = r"<!--(?!-?>)(?:(?!--!?>).)*-->"
_DOCUMENT_TYPE = re.compile(rf"(?:\s|{_COMMENT})*<!doctype[^>]*>", re.IGNORECASE | re.DOTALL)


def close_channels(html: str) -> str:
    """Put the script before the page's own that takes WebRTC and WebTransport from it.

    It comes after the document type, without which browsers change the layout.
    """
    found = _DOCUMENT_TYPE.match(html)
    start = found.end() if found else 0
    return html[:start] + _CLOSING_SCRIPT + html[start:]


def use_stand_in(html: str) -> str:
    """Replace every tag that loads Amazon's elements (both versions, script and style sheet).

    HTML without such a tag comes back as it is: its crowd elements stay inert, as they would
    in the worker portal of AWS.
    """
    return _LOADER_SCRIPT.sub(_STAND_IN_SCRIPT, _LOADER_STYLE.sub("", html))
