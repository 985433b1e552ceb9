"""Augmented manifest line of a reviewed image, in SageMaker Ground Truth's format."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

ATTRIBUTE = "human-review"
_COLOUR_CHANNELS = 3


def annotation(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the line for a completed review, from its result.json.

    Raises:
        ValueError: a reviewer used a label that is none of the model's classes.
    """
    prediction, answer = result["prediction"], result["answer"]["annotatedResult"]
    classes, boxes = prediction["classes"], answer["boundingBoxes"]
    size = answer["inputImageProperties"]
    return {
        "source-ref": prediction["image"],
        ATTRIBUTE: {
            "image_size": [
                {"width": size["width"], "height": size["height"], "depth": _COLOUR_CHANNELS}
            ],
            "annotations": [_annotated(box, classes) for box in boxes],
        },
        f"{ATTRIBUTE}-metadata": {
            "job-name": job_name(result),
            "class-map": {str(index): name for index, name in enumerate(classes)},
            "human-annotated": "yes",
            "objects": [{"confidence": 1} for _ in boxes],
            "creation-date": _without_zone(result["finishedAt"]),
            "type": "groundtruth/object-detection",
        },
    }


def job_name(result: Mapping[str, Any]) -> str:
    """Return the text that identifies a review's line."""
    return f"human-loop/{result['humanLoopName']}"


def _annotated(box: Mapping[str, Any], classes: Sequence[str]) -> dict[str, int]:
    if box["label"] not in classes:
        raise ValueError(
            f"label {box['label']!r} is none of the model's classes: {', '.join(classes)}"
        )
    corner_and_size = {name: round(box[name]) for name in ("left", "top", "width", "height")}
    return {"class_id": classes.index(box["label"]), **corner_and_size}


def _without_zone(moment: str) -> str:
    """Ground Truth writes UTC without saying so."""
    return datetime.fromisoformat(moment).astimezone(UTC).replace(tzinfo=None).isoformat()
