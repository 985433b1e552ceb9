"""A picture that stands for an S3 object of which no local file exists."""

from html import escape

_IMAGE = """<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600" viewBox="0 0 800 600">
<rect width="800" height="600" fill="#e9eef3"/>
<path d="M0 600 250 320 400 460 560 260 800 600Z" fill="#ccd6e0"/>
<circle cx="640" cy="140" r="50" fill="#ccd6e0"/>
<text x="400" y="60" text-anchor="middle" font-family="sans-serif" font-size="22" fill="#566573">
s3://{uri}
</text>
</svg>
"""


def placeholder_image(uri: str) -> str:
    """Return an SVG with the object's address written on it."""
    return _IMAGE.format(uri=escape(uri))
