"""The detection function: image headers, boxes, and the request for the starter."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from detect_objects import handler
from detect_objects.boxes import answer_that_confirms, best_score, boxes_of
from detect_objects.image_size import ImageSize, image_size, media_type

IMAGES = Path(__file__).parents[2] / "examples" / "object_detection" / "images"
CLASSES = ["person", "face"]
SIZE = ImageSize(200, 100)


def encoded(image_format: str, size: tuple[int, int], **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size).save(buffer, image_format, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("size", [(1, 1), (640, 427), (65_500, 3)])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"comment": b"\xff\xc0 fake"}])
def test_reads_the_size_of_a_jpeg(size: tuple[int, int], options: dict[str, Any]) -> None:
    image = encoded("JPEG", size, **options)
    assert image_size(image) == size
    assert media_type(image) == "image/jpeg"


def test_reads_the_size_of_a_png() -> None:
    image = encoded("PNG", (31, 47))
    assert image_size(image) == (31, 47)
    assert media_type(image) == "image/png"


@pytest.mark.parametrize("path", sorted(IMAGES.glob("*.jpg")), ids=lambda path: path.stem)
def test_agrees_with_pillow_on_the_samples(path: Path) -> None:
    assert image_size(path.read_bytes()) == Image.open(path).size


@pytest.mark.parametrize(
    "image", [b"", b"GIF89a", b"\xff\xd8", b"\xff\xd8\xff\xe0\x00", b"\x89PNG\r\n\x1a\n"]
)
def test_fails_when_there_is_no_size(image: bytes) -> None:
    with pytest.raises(ValueError, match=r"the image ends|neither a JPEG nor a PNG"):
        image_size(image)


def test_boxes_are_in_pixels_and_best_first() -> None:
    prediction = [[1.0, 0.3, 0.1, 0.2, 0.5, 0.6], [0.0, 0.4, 0.0, 0.0, 1.0, 1.0]]
    boxes, scores = boxes_of(prediction, classes=CLASSES, size=SIZE, shown_from=0.2)
    assert scores == [0.4, 0.3]
    assert boxes[0] == {"label": "person", "left": 0, "top": 0, "width": 200, "height": 100}
    assert boxes[1] == {"label": "face", "left": 20, "top": 20, "width": 80, "height": 40}


def test_reviewers_see_no_box_below_the_threshold() -> None:
    prediction = [[0.0, 0.19, 0, 0, 1, 1], [0.0, 0.2, 0, 0, 1, 1]]
    _, scores = boxes_of(prediction, classes=CLASSES, size=SIZE, shown_from=0.2)
    assert scores == [0.2]
    assert best_score(prediction) == 0.2


def test_fails_when_a_class_has_no_name() -> None:
    with pytest.raises(ValueError, match="class 2, but only 0 to 1 have names: set classes"):
        boxes_of([[2.0, 0.9, 0, 0, 1, 1]], classes=CLASSES, size=SIZE, shown_from=0.2)


def test_nothing_found_is_no_confidence() -> None:
    assert best_score([]) is None


class Services:
    """S3, the endpoint and SQS in one."""

    def __init__(self, image: bytes) -> None:
        self.image = image
        self.invoked: dict[str, Any] = {}
        self.sent: list[dict[str, Any]] = []

    def get_object(self, **asked: str) -> dict[str, Any]:
        assert asked == {"Bucket": "inbox", "Key": "images/a.png", "IfMatch": '"e1"'}
        return {"Body": io.BytesIO(self.image)}

    def invoke_endpoint(self, **invoked: Any) -> dict[str, Any]:
        self.invoked = invoked
        answer = json.dumps({"prediction": [[1.0, 0.3, 0.1, 0.2, 0.5, 0.6]]})
        return {"Body": io.BytesIO(answer.encode())}

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803 - boto3's names
        assert QueueUrl == "https://queue"
        self.sent.append(json.loads(MessageBody))


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Services:
    fake = Services(encoded("PNG", SIZE))
    for name in ("_runtime", "_s3", "_sqs"):
        monkeypatch.setattr(handler, name, lambda: fake)
    for name, value in {
        "CLASSES": json.dumps(CLASSES),
        "ENDPOINT_NAME": "detector",
        "REQUEST_QUEUE_URL": "https://queue",
        "SHOWN_FROM": "0.2",
    }.items():
        monkeypatch.setenv(name, value)
    return fake


EVENT = {"detail": {"bucket": {"name": "inbox"}, "object": {"key": "images/a.png", "etag": '"e1"'}}}


def test_asks_the_endpoint_with_the_images_own_type(services: Services) -> None:
    handler.lambda_handler(EVENT, None)
    assert services.invoked["EndpointName"] == "detector"
    assert services.invoked["ContentType"] == "image/png"
    assert services.invoked["Body"] == services.image


def test_review_starts_from_the_models_boxes(services: Services) -> None:
    handler.lambda_handler(EVENT, None)
    (request,) = services.sent
    box = {"label": "face", "left": 20, "top": 20, "width": 80, "height": 40}
    assert request["flow"] == "object-detection"
    assert request["input"] == {
        "taskObject": "s3://inbox/images/a.png",
        "labels": CLASSES,
        "initialValue": [box],
    }
    assert request["prediction"]["bestScore"] == 0.3
    # An answer without a change equals the prediction, so that it counts as confirmed.
    assert request["prediction"]["annotatedResult"] == {
        "boundingBoxes": [box],
        "inputImageProperties": {"width": 200, "height": 100},
    }


def test_same_image_again_is_the_same_review(services: Services) -> None:
    handler.lambda_handler(EVENT, None)
    handler.lambda_handler(EVENT, None)
    assert services.sent[0] == services.sent[1]


def test_confirming_answer_names_the_size() -> None:
    assert answer_that_confirms([], SIZE)["inputImageProperties"] == {"width": 200, "height": 100}
