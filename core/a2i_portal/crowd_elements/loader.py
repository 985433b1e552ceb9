"""Has a rendered template load our elements instead of Amazon's from their CDN."""

import re
from pathlib import Path

STATIC_DIRECTORY = Path(__file__).parent / "static"
STATIC_PATH = "/_a2i/crowd"
"""URL path below which hosts serve the modules one by one."""
ELEMENTS_SCRIPT = f"{STATIC_PATH}/index.js"

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
_CLOSING_SCRIPT = (STATIC_DIRECTORY / "closed_channels.js").read_text(encoding="utf-8")
# A document type, and the comments before it, as the HTML standard ends them: `<!-->` is one.
_COMMENT = r"<!--(?!-?>)(?:(?!--!?>).)*-->"
_DOCUMENT_TYPE = re.compile(rf"(?:\s|{_COMMENT})*<!doctype[^>]*>", re.IGNORECASE | re.DOTALL)


def close_channels(html: str) -> str:
    """Put the script before the page's own that takes WebRTC and WebTransport from it.

    It comes after the document type, without which browsers change the layout, and needs no
    request of its own.
    """
    found = _DOCUMENT_TYPE.match(html)
    start = found.end() if found else 0
    return f"{html[:start]}<script>{_CLOSING_SCRIPT}</script>{html[start:]}"


def use_stand_in(html: str, script: str = ELEMENTS_SCRIPT) -> str:
    """Replace every tag that loads Amazon's elements (both versions, script and style sheet).

    HTML without such a tag comes back as it is: its crowd elements stay inert, as they would
    in the worker portal of AWS. `script` is the address of ours; by default the local A2I's, whose
    tasks say that they look different in A2I.
    """
    mark = " data-stands-in" if script == ELEMENTS_SCRIPT else ""
    tag = f'<script type="module" src="{script}"{mark}></script>'
    return _LOADER_SCRIPT.sub(lambda _: tag, _LOADER_STYLE.sub("", html))
