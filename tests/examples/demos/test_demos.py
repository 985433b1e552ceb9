"""The parts of the examples' demonstrations that need no deployed stack."""

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from matplotlib.image import imread

from box_reviewer import BoxReviewer
from object_detection_demo import CLASSES, IMAGES, draw_boxes, write_model_artifact
from sentiment_demo import draw_sentiments

PAGE = """<crowd-form><crowd-bounding-box name="annotatedResult" src="/_a2i/s3/{}"
labels="[]"></crowd-bounding-box></crowd-form>"""


@pytest.fixture
def portal_url() -> Iterator[str]:
    """A portal that serves the sample pictures where a page refers to them."""

    class Pictures(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.removeprefix("/_a2i/s3/")
            self.send_response(200)
            self.end_headers()
            path = IMAGES / f"{name}.jpg"
            self.wfile.write(path.read_bytes() if path.is_file() else b"another picture")

        def log_message(self, *_: Any) -> None:
            """Nothing on standard error."""

    server = HTTPServer(("127.0.0.1", 0), Pictures)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/_a2i/portal"
    server.shutdown()
    server.server_close()


def test_box_reviewer_answers_what_the_picture_shows(portal_url: str) -> None:
    answer = BoxReviewer(portal_url, IMAGES).answer(PAGE.format("cat"))["annotatedResult"]
    assert [box["label"] for box in answer["boundingBoxes"]] == ["cat face"]
    assert answer["inputImageProperties"] == {"height": 300, "width": 451}


def test_box_reviewer_refuses_an_unknown_picture(portal_url: str) -> None:
    with pytest.raises(ValueError, match="is none of the samples"):
        BoxReviewer(portal_url, IMAGES).answer(PAGE.format("unknown"))


def test_hand_drawn_boxes_lie_in_their_pictures_and_have_known_labels() -> None:
    boxes = json.loads((IMAGES / "boxes.json").read_text())
    assert sorted(boxes) == sorted(path.stem for path in IMAGES.glob("*.jpg"))
    for name, drawn in boxes.items():
        height, width = imread(IMAGES / f"{name}.jpg").shape[:2]
        for box in drawn:
            assert box["label"] in CLASSES
            assert 0 <= box["left"] < box["left"] + box["width"] <= width
            assert 0 <= box["top"] < box["top"] + box["height"] <= height


def test_every_picture_is_credited() -> None:
    credits_table = (IMAGES / "README.md").read_text()
    assert [p.name for p in IMAGES.glob("*.jpg") if f"| {p.name} |" not in credits_table] == []


def test_model_artifact_says_what_it_is(tmp_path: Path) -> None:
    import tarfile  # noqa: PLC0415

    with tarfile.open(write_model_artifact(tmp_path / "new")) as archive:
        (name,) = archive.getnames()
        note = archive.extractfile(name)
        assert note is not None
        assert b"detectors of its own" in note.read()


def test_sentiments_are_drawn_with_their_verdicts() -> None:
    result = {
        "reviewId": "desk-lamp",
        "prediction": {
            "SentimentScore": {"Positive": 0.5, "Neutral": 0.3, "Mixed": 0.2, "Negative": 0.0}
        },
        "answer": {"sentiment": {"label": "Neutral"}},
        "changedFields": ["sentiment"],
    }
    figure = draw_sentiments([result])
    assert "Neutral (changed)" in [text.get_text() for text in figure.axes[0].texts]
    assert _is_drawn(figure)


def test_boxes_are_drawn_before_and_after() -> None:
    box = {"label": "face", "left": 10, "top": 10, "width": 50, "height": 50}
    result = {
        "reviewId": "cat.jpg-0123456789abcdef",
        "prediction": {
            "image": "s3://inbox/images/cat.jpg",
            "scores": [0.36],
            "annotatedResult": {"boundingBoxes": [box]},
        },
        "answer": {"annotatedResult": {"boundingBoxes": [box, box]}},
    }
    figure = draw_boxes([result], lambda uri: (IMAGES / uri.rpartition("/")[2]).read_bytes())
    assert [axes.get_title() for axes in figure.axes] == [
        "cat.jpg\nmodel: 1 box",
        "reviewed: 2 boxes",
    ]
    assert [len(axes.patches) for axes in figure.axes] == [1, 2]
    assert _is_drawn(figure)


def _is_drawn(figure: Any) -> bool:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return bool(imread(io.BytesIO(buffer.getvalue())).std() > 0)
