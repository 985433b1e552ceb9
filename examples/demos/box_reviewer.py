"""Scripted reviewer of boxes: answers by the picture that the rendered page shows.

What the reviewer sees in a sample picture was drawn by hand and stands in boxes.json.
"""

import json
import urllib.request
from hashlib import sha256
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import matplotlib.image

REQUEST_TIMEOUT_SECONDS = 30


class BoxReviewer:
    """Answers pages with a crowd-bounding-box around one of the sample pictures in `images`."""

    def __init__(self, portal_url: str, images: Path) -> None:
        self._portal_url = portal_url
        boxes = json.loads((images / "boxes.json").read_text(encoding="utf-8"))
        self._boxes_by_digest: dict[str, list[dict[str, Any]]] = {
            sha256((images / f"{name}.jpg").read_bytes()).hexdigest(): boxes[name] for name in boxes
        }

    def answer(self, html: str) -> dict[str, Any]:
        """Return the answer content for a rendered page.

        Raises:
            ValueError: the page shows none of the sample pictures.
        """
        page = _BoundingBox()
        page.feed(html)
        picture = self._load(page.source)
        digest = sha256(picture).hexdigest()
        if digest not in self._boxes_by_digest:
            raise ValueError(f"the picture at {page.source} is none of the samples")
        height, width = matplotlib.image.imread(BytesIO(picture), format="jpeg").shape[:2]
        return {
            page.answer_name: {
                "boundingBoxes": self._boxes_by_digest[digest],
                "inputImageProperties": {"height": height, "width": width},
            }
        }

    def _load(self, source: str) -> bytes:
        url = urljoin(self._portal_url, source)
        with urllib.request.urlopen(url, timeout=REQUEST_TIMEOUT_SECONDS) as response:  # noqa: S310 - the URL is the local portal's
            picture: bytes = response.read()
            return picture


class _BoundingBox(HTMLParser):
    """Finds the name of the answer and the picture of a crowd-bounding-box."""

    def __init__(self) -> None:
        super().__init__()
        self.answer_name = ""
        self.source = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "crowd-bounding-box":
            attributes = dict(attrs)
            self.answer_name = attributes.get("name") or ""
            self.source = attributes.get("src") or ""
