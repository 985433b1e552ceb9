"""Detections in the sample images, right or wrong."""

from collections.abc import Callable

import pytest

from a2i_local.models.object_detection import CLASSES, ObjectDetector, UnreadableImageError

DETECTOR = ObjectDetector()


@pytest.mark.parametrize("name", ["astronaut", "officer"])
def test_is_sure_of_a_frontal_face(name: str, image: Callable[[str], bytes]) -> None:
    best = DETECTOR.detect(image(name))[0]
    assert CLASSES[best.class_index] == "face"
    assert best.score > 0.9


def test_box_covers_the_face(image: Callable[[str], bytes]) -> None:
    best = DETECTOR.detect(image("astronaut"))[0]
    middle = ((best.left + best.right) / 2, (best.top + best.bottom) / 2)
    assert middle == pytest.approx((0.44, 0.22), abs=0.05)
    assert best.right - best.left == pytest.approx(0.19, abs=0.05)


@pytest.mark.parametrize("name", ["cat", "rocket"])
def test_is_unsure_where_it_is_wrong(name: str, image: Callable[[str], bytes]) -> None:
    scores = [detection.score for detection in DETECTOR.detect(image(name))]
    assert scores
    assert max(scores) < 0.5


def test_finds_nothing_in_a_cup_of_coffee(image: Callable[[str], bytes]) -> None:
    assert DETECTOR.detect(image("coffee")) == []


def test_best_score_comes_first(image: Callable[[str], bytes]) -> None:
    scores = [detection.score for detection in DETECTOR.detect(image("astronaut"))]
    assert len(scores) > 1
    assert scores == sorted(scores, reverse=True)


def test_boxes_stay_within_the_image(image: Callable[[str], bytes]) -> None:
    for name in ("astronaut", "cat", "officer", "rocket"):
        for found in DETECTOR.detect(image(name)):
            assert 0 <= found.left < found.right <= 1
            assert 0 <= found.top < found.bottom <= 1


@pytest.mark.parametrize("content", [b"", b"not an image"])
def test_fails_when_the_bytes_are_no_image(content: bytes) -> None:
    with pytest.raises(UnreadableImageError, match="send a JPEG or PNG"):
        DETECTOR.detect(content)


def test_accepts_an_image_smaller_than_a_person() -> None:
    import cv2  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    _, png = cv2.imencode(".png", np.zeros((20, 20, 3), dtype=np.uint8))
    assert DETECTOR.detect(png.tobytes()) == []
