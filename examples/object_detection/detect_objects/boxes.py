"""Converts the endpoint's predictions into boxes of the worker task template."""

from collections.abc import Sequence
from typing import Any, TypedDict

from detect_objects.image_size import ImageSize


class Box(TypedDict):
    """A labelled box in pixels, as crowd-bounding-box reads and writes it."""

    label: str
    left: int
    top: int
    width: int
    height: int


def boxes_of(
    prediction: Sequence[Sequence[float]],
    *,
    classes: Sequence[str],
    size: ImageSize,
    shown_from: float,
) -> tuple[list[Box], list[float]]:
    """Return the boxes whose score is at least `shown_from`, and their scores, best first.

    prediction: rows of the built-in algorithm, `[class, score, left, top, right, bottom]`, with
        corners relative to the image.

    Raises:
        ValueError: a class has no name.
    """
    rows = sorted((row for row in prediction if row[1] >= shown_from), key=_score, reverse=True)
    return [_box(row, classes, size) for row in rows], [row[1] for row in rows]


def best_score(prediction: Sequence[Sequence[float]]) -> float | None:
    """Return the best score; None where nothing was found, which is no confidence at all."""
    return max((_score(row) for row in prediction), default=None)


def _score(row: Sequence[float]) -> float:
    return row[1]


def _box(row: Sequence[float], classes: Sequence[str], size: ImageSize) -> Box:
    class_index, _, left, top, right, bottom = row
    if not 0 <= class_index < len(classes):
        raise ValueError(
            f"the endpoint found class {class_index:.0f}, but only 0 to {len(classes) - 1} have "
            "names: set classes in cdk.json to the model's own"
        )
    x, y = round(left * size.width), round(top * size.height)
    return Box(
        label=classes[int(class_index)],
        left=x,
        top=y,
        width=round(right * size.width) - x,
        height=round(bottom * size.height) - y,
    )


def answer_that_confirms(boxes: Sequence[Box], size: ImageSize) -> dict[str, Any]:
    """Return what a reviewer's answer is when nothing was changed."""
    return {
        "boundingBoxes": list(boxes),
        "inputImageProperties": {"width": size.width, "height": size.height},
    }
