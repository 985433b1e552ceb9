"""Finds people, faces and cat faces in images, by the detectors that OpenCV ships.

People: histograms of oriented gradients with a linear SVM (Dalal and Triggs, 2005). Faces and cat
faces: cascades of Haar features (Viola and Jones, 2001).
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from cv2.typing import MatLike

CLASSES = ("person", "face", "cat face")
_CASCADES = {
    "face": "haarcascade_frontalface_default.xml",
    "cat face": "haarcascade_frontalcatface_extended.xml",
}
# The margin at which a detection is as likely wrong as right: a judgment, not a calibration.
_EVEN_MARGIN = 1.5
_MIN_NEIGHBOURS = 3
_PYRAMID_SCALE = 1.1


class UnreadableImageError(ValueError):
    """The bytes are not an image that OpenCV can decode."""


@dataclass(frozen=True)
class Detection:
    """One object: its class as an index into CLASSES, score and corners, all relative to 1."""

    class_index: int
    score: float
    left: float
    top: float
    right: float
    bottom: float


class ObjectDetector:
    """Finds objects of CLASSES; reads OpenCV's files on first use.

    Not safe to call from several threads at once.
    """

    def detect(self, image: bytes) -> list[Detection]:
        """Return the objects in an encoded image, best score first.

        Raises:
            UnreadableImageError: the bytes are not a JPEG, PNG or other image that OpenCV reads.
        """
        pixels = _decode(image)
        grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
        found = list(self._people(pixels))
        for name, cascade in self._cascades.items():
            found.extend(_faces(cascade, grey, CLASSES.index(name)))
        return sorted(found, key=lambda detection: detection.score, reverse=True)

    def _people(self, pixels: MatLike) -> Iterator[Detection]:
        window_width, window_height = self._people_detector.winSize
        height, width = pixels.shape[:2]
        if height < window_height or width < window_width:
            return iter(())
        boxes, margins = self._people_detector.detectMultiScale(
            pixels, winStride=(8, 8), padding=(8, 8), scale=1.05
        )
        return _detections(CLASSES.index("person"), boxes, np.ravel(margins), pixels)

    @cached_property
    def _people_detector(self) -> cv2.HOGDescriptor:
        detector = cv2.HOGDescriptor()
        # The stubs want a matrix for what OpenCV itself returns here.
        weights = np.asarray(cv2.HOGDescriptor.getDefaultPeopleDetector())
        detector.setSVMDetector(weights)
        return detector

    @cached_property
    def _cascades(self) -> dict[str, cv2.CascadeClassifier]:
        folder = Path(cv2.__file__).parent / "data"
        return {name: cv2.CascadeClassifier(str(folder / file)) for name, file in _CASCADES.items()}


def _faces(cascade: cv2.CascadeClassifier, grey: MatLike, class_index: int) -> Iterator[Detection]:
    boxes, _, margins = cascade.detectMultiScale3(
        grey,
        scaleFactor=_PYRAMID_SCALE,
        minNeighbors=_MIN_NEIGHBOURS,
        outputRejectLevels=True,
    )
    return _detections(class_index, boxes, np.ravel(margins), grey)


def _detections(
    class_index: int, boxes: Sequence[Sequence[int]], margins: Iterable[float], pixels: MatLike
) -> Iterator[Detection]:
    height, width = pixels.shape[:2]
    for (left, top, box_width, box_height), margin in zip(boxes, margins, strict=True):
        yield Detection(
            class_index=class_index,
            score=_score(float(margin)),
            left=_relative(left, width),
            top=_relative(top, height),
            right=_relative(left + box_width, width),
            bottom=_relative(top + box_height, height),
        )


def _score(margin: float) -> float:
    return 1 / (1 + math.exp(_EVEN_MARGIN - margin))


def _relative(position: int, extent: int) -> float:
    # The detectors pad the image, so that a box may reach beyond it.
    return min(max(int(position) / extent, 0.0), 1.0)


def _decode(image: bytes) -> MatLike:
    encoded = np.frombuffer(image, dtype=np.uint8)
    pixels = cv2.imdecode(encoded, cv2.IMREAD_COLOR) if encoded.size else None
    if pixels is None:
        raise UnreadableImageError(
            f"the {len(image)} bytes are not an image: send a JPEG or PNG file"
        )
    return pixels
