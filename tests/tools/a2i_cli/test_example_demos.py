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

from a2i_cli.demo.box_reviewer import BoxReviewer
from a2i_cli.demo.empty_buckets import empty_buckets
from a2i_cli.demo.ledger import wait_for_decisions
from a2i_cli.demo.object_detection import CLASSES, IMAGES, write_model_artifact
from a2i_cli.demo.pictures import draw_boxes, draw_sentiments

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


class Ledger:
    """A table that fills while it is read."""

    def __init__(self, *scans: list[tuple[str, str]]) -> None:
        self.dynamodb = self
        self._scans = list(scans)

    def get_paginator(self, _operation: str) -> "Ledger":
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        rows = self._scans.pop(0) if len(self._scans) > 1 else self._scans[0]
        return [{"Items": [_item(*row)]} for row in rows]


def _item(review_id: str, status: str) -> dict[str, Any]:
    return {
        "reviewId": {"S": review_id},
        "flow": {"S": "sentiment"},
        "status": {"S": status},
        "humanLoopName": {"S": f"sentiment-{review_id}"},
        "reasons": {"L": [{"S": "because"}]},
    }


def test_waits_until_the_starter_has_decided_on_all() -> None:
    ledger = Ledger(
        [], [("b", "Starting"), ("a", "NotNeeded")], [("b", "InProgress"), ("a", "NotNeeded")]
    )
    seen: list[int] = []
    reviews = wait_for_decisions(ledger, "table", expected=2, on_progress=seen.append)  # type: ignore[arg-type] # clients
    assert [(review.review_id, review.decision) for review in reviews] == [
        ("a", "ReviewNotNeeded"),
        ("b", "ReviewStarted"),
    ]
    assert seen == [0, 1, 2]


def test_fails_when_decisions_are_late() -> None:
    with pytest.raises(TimeoutError, match="decided on 1 of 2 predictions within 0 s"):
        wait_for_decisions(
            Ledger([("a", "NotNeeded")]),  # type: ignore[arg-type] # clients
            "table",
            expected=2,
            on_progress=lambda _: None,
            timeout_seconds=0,
        )


class Account:
    """CloudFormation and S3 with one stack and its versioned bucket."""

    def __init__(self) -> None:
        self.deleted: list[dict[str, str]] = []

    def get_paginator(self, operation: str) -> "Account":
        self._operation = operation
        return self

    def paginate(self, **request: str) -> list[dict[str, Any]]:
        if self._operation == "list_stack_resources":
            assert request == {"StackName": "Demo"}
            kinds = ("AWS::S3::Bucket", "AWS::SQS::Queue")
            return [
                {
                    "StackResourceSummaries": [
                        {"ResourceType": kind, "PhysicalResourceId": kind.rpartition(":")[2]}
                    ]
                }
                for kind in kinds
            ]
        assert request == {"Bucket": "Bucket"}
        return [
            {"Versions": [{"Key": "a", "VersionId": "1"}, {"Key": "a", "VersionId": "2"}]},
            {"DeleteMarkers": [{"Key": "b", "VersionId": "3"}]},
            {},
        ]

    def delete_objects(self, *, Bucket: str, Delete: dict[str, Any]) -> None:  # noqa: N803 - boto3's names
        assert Bucket == "Bucket"
        self.deleted += Delete["Objects"]


def test_emptying_buckets_leaves_no_version_and_no_delete_marker() -> None:
    account = Account()
    assert empty_buckets(account, account, "Demo") == 3  # type: ignore[arg-type] # clients
    assert [version["VersionId"] for version in account.deleted] == ["1", "2", "3"]


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
