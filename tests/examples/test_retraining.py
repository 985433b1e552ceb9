"""Reviewed boxes become lines of an augmented manifest, each once, whoever else writes."""

import copy
import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from retraining import handler
from retraining.annotation import annotation
from retraining.manifest import ATTEMPTS, Manifest, ManifestBusyError

RESULT: dict[str, Any] = {
    "humanLoopName": "object-detection-1",
    "finishedAt": "2026-11-22T11:00:00.500+01:00",
    "prediction": {"image": "s3://inbox/images/cat.jpg", "classes": ["person", "face", "cat face"]},
    "answer": {
        "annotatedResult": {
            "boundingBoxes": [
                {"label": "cat face", "left": 35, "top": 12.4, "width": 328, "height": 280}
            ],
            "inputImageProperties": {"width": 451, "height": 300},
        }
    },
}


class Bucket:
    """One object in S3 with its conditional writes; others may write in between."""

    def __init__(self, text: str | None = None) -> None:
        self.text = text
        self.version = 0
        self.overtaken_by: list[str] = []

    def get_object(self, **_: str) -> dict[str, Any]:
        assert self.text is not None
        answer = {"Body": io.BytesIO(self.text.encode()), "ETag": str(self.version)}
        if self.overtaken_by:
            self._write(self.text + self.overtaken_by.pop())
        return answer

    def put_object(self, *, Body: bytes, **request: str) -> None:  # noqa: N803 - boto3's names
        if request.get("IfNoneMatch") == "*" and self.text is not None:
            raise _refused("PreconditionFailed")
        if "IfMatch" in request and request["IfMatch"] != str(self.version):
            raise _refused("PreconditionFailed")
        self._write(Body.decode())

    def _write(self, text: str) -> None:
        self.text, self.version = text, self.version + 1

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in (self.text or "").splitlines()]


def _refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "PutObject")


def manifest(bucket: Bucket) -> Manifest:
    return Manifest(bucket, "outbox", "retraining/reviewed.manifest")  # type: ignore[arg-type] # S3


def test_line_has_ground_truths_format() -> None:
    assert annotation(RESULT) == {
        "source-ref": "s3://inbox/images/cat.jpg",
        "human-review": {
            "image_size": [{"width": 451, "height": 300, "depth": 3}],
            "annotations": [{"class_id": 2, "left": 35, "top": 12, "width": 328, "height": 280}],
        },
        "human-review-metadata": {
            "job-name": "human-loop/object-detection-1",
            "class-map": {"0": "person", "1": "face", "2": "cat face"},
            "human-annotated": "yes",
            "objects": [{"confidence": 1}],
            "creation-date": "2026-11-22T10:00:00.500000",
            "type": "groundtruth/object-detection",
        },
    }


def test_picture_without_objects_is_training_data_too() -> None:
    result = copy.deepcopy(RESULT)
    result["answer"]["annotatedResult"]["boundingBoxes"] = []
    assert annotation(result)["human-review"]["annotations"] == []


def test_fails_when_a_label_is_no_class() -> None:
    result = copy.deepcopy(RESULT)
    result["answer"]["annotatedResult"]["boundingBoxes"][0]["label"] = "dog"
    with pytest.raises(ValueError, match="'dog' is none of the model's classes: person"):
        annotation(result)


def test_first_line_makes_the_manifest() -> None:
    bucket = Bucket()
    manifest(bucket).add({"a": 1}, known_by="one")
    assert bucket.lines == [{"a": 1}]


def test_lines_are_added_at_the_end() -> None:
    bucket = Bucket('{"a": "one"}\n')
    manifest(bucket).add({"a": "two"}, known_by="two")
    assert bucket.lines == [{"a": "one"}, {"a": "two"}]


def test_same_review_twice_is_one_line() -> None:
    bucket = Bucket()
    for _ in range(2):
        manifest(bucket).add({"job-name": "one"}, known_by="one")
    assert bucket.lines == [{"job-name": "one"}]


def test_line_of_a_faster_writer_is_kept() -> None:
    bucket = Bucket('{"a": "one"}\n')
    bucket.overtaken_by = ['{"a": "faster"}\n']
    manifest(bucket).add({"a": "two"}, known_by="two")
    assert [line["a"] for line in bucket.lines] == ["one", "faster", "two"]


def test_fails_when_others_are_always_faster() -> None:
    bucket = Bucket('{"a": "one"}\n')
    bucket.overtaken_by = ['{"a": "faster"}\n'] * ATTEMPTS
    with pytest.raises(ManifestBusyError, match="is written by too many at once"):
        manifest(bucket).add({"a": "two"}, known_by="two")


def test_fails_when_the_bucket_refuses() -> None:
    class Closed(Bucket):
        def put_object(self, **_: Any) -> None:
            raise _refused("AccessDenied")

    with pytest.raises(ClientError, match="AccessDenied"):
        manifest(Closed()).add({"a": 1}, known_by="one")


@pytest.mark.parametrize(
    "uri", ["s3://elsewhere/results/r/result.json", "s3://outbox/reviews/r.json", "results/r.json"]
)
def test_handler_reads_no_result_that_somebody_else_may_have_written(
    monkeypatch: pytest.MonkeyPatch, uri: str
) -> None:
    monkeypatch.setattr(handler, "_s3", Bucket)
    monkeypatch.setenv("MANIFEST_BUCKET", "outbox")
    monkeypatch.setenv("MANIFEST_KEY", "retraining/reviewed.manifest")
    with pytest.raises(ValueError, match=r"resultUri leads out of s3://outbox/results/"):
        handler.lambda_handler({"detail": {"resultUri": uri}}, None)


def test_handler_reads_the_result_that_the_event_names(monkeypatch: pytest.MonkeyPatch) -> None:
    class Store(Bucket):
        def get_object(self, **request: str) -> dict[str, Any]:
            if request["Key"] == "results/r/result.json":
                return {"Body": io.BytesIO(json.dumps(RESULT).encode())}
            return super().get_object(**request)

    bucket = Store()
    monkeypatch.setattr(handler, "_s3", lambda: bucket)
    monkeypatch.setenv("MANIFEST_BUCKET", "outbox")
    monkeypatch.setenv("MANIFEST_KEY", "retraining/reviewed.manifest")
    event = {"detail": {"resultUri": "s3://outbox/results/r/result.json"}}
    for _ in range(2):
        handler.lambda_handler(event, None)
    assert [line["source-ref"] for line in bucket.lines] == ["s3://inbox/images/cat.jpg"]
