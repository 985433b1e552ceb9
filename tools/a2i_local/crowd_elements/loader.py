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


def use_stand_in(html: str) -> str:
    """Replace every tag that loads Amazon's elements (both versions, script and style sheet).

    HTML without such a tag comes back as it is: its crowd elements stay inert, as they would
    in the worker portal of AWS.
    """
    return _LOADER_SCRIPT.sub(_STAND_IN_SCRIPT, _LOADER_STYLE.sub("", html))
