"""What the reviews changed, as pictures: scores and boxes, the model's and the reviewers'."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any

import matplotlib.image
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

SENTIMENTS = {
    "Positive": "tab:green",
    "Neutral": "tab:gray",
    "Mixed": "tab:orange",
    "Negative": "tab:red",
}
BEFORE, AFTER = "tab:red", "tab:green"


def draw_sentiments(results: Sequence[Mapping[str, Any]]) -> Figure:
    """Draw for each result the model's four scores, and beside them the reviewers' sentiment.

    results: the contents of result.json of completed reviews.
    """
    figure = Figure(figsize=(9, 1.5 + 0.5 * len(results)), layout="constrained")
    axes = figure.subplots()
    for row, result in enumerate(reversed(results)):
        _draw_scores(axes, row, result["prediction"]["SentimentScore"])
        reviewed = result["answer"]["sentiment"]["label"]
        verdict = "changed" if result["changedFields"] else "confirmed"
        axes.text(1.02, row, f"{reviewed} ({verdict})", va="center", color=SENTIMENTS[reviewed])
    axes.set_yticks(range(len(results)), [result["reviewId"] for result in reversed(results)])
    axes.set_xlim(0, 1.45)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    axes.set_xlabel("the model's scores")
    axes.set_title("Sentiments: the model's scores, and what the reviewers said")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(
        handles=[Rectangle((0, 0), 1, 1, color=colour) for colour in SENTIMENTS.values()],
        labels=list(SENTIMENTS),
        loc="upper center",
        bbox_to_anchor=(0.35, -0.2),
        ncols=len(SENTIMENTS),
        frameon=False,
    )
    return figure


def draw_boxes(results: Sequence[Mapping[str, Any]], read_image: Callable[[str], bytes]) -> Figure:
    """Draw each image twice: above with the model's boxes, below with the reviewers'.

    results: the contents of result.json of completed reviews.
    read_image: returns the image at an S3 URI.
    """
    columns = max(len(results), 1)
    figure = Figure(figsize=(3 * columns, 6.5), layout="constrained")
    grid = figure.subplots(2, columns, squeeze=False)
    for above, below, result in zip(grid[0], grid[1], results, strict=True):
        prediction = result["prediction"]
        pixels = matplotlib.image.imread(
            BytesIO(read_image(prediction["image"])), format=_format(prediction["image"])
        )
        scores = [f"{score:.2f}" for score in prediction["scores"]]
        _draw_image(above, pixels, prediction["annotatedResult"]["boundingBoxes"], scores, BEFORE)
        reviewed = result["answer"]["annotatedResult"]["boundingBoxes"]
        _draw_image(below, pixels, reviewed, [""] * len(reviewed), AFTER)
        above.set_title(f"{result['reviewId'].rpartition('-')[0]}\nmodel: {_count(scores)}")
        below.set_title(f"reviewed: {_count(reviewed)}")
    return figure


def _draw_scores(axes: Axes, row: int, scores: Mapping[str, float]) -> None:
    left = 0.0
    for name, colour in SENTIMENTS.items():
        axes.barh(row, scores[name], left=left, color=colour, height=0.6)
        left += scores[name]


def _draw_image(
    axes: Axes,
    pixels: Any,
    boxes: Sequence[Mapping[str, Any]],
    notes: Sequence[str],
    colour: str,
) -> None:
    axes.imshow(pixels)
    axes.set_axis_off()
    for box, note in zip(boxes, notes, strict=True):
        corner = (box["left"], box["top"])
        axes.add_patch(
            Rectangle(corner, box["width"], box["height"], fill=False, color=colour, linewidth=2)
        )
        axes.annotate(
            f"{box['label']} {note}".strip(),
            corner,
            color="white",
            fontsize="small",
            bbox={"boxstyle": "square,pad=0.1", "color": colour},
        )


def _count(boxes: Sequence[object]) -> str:
    return "1 box" if len(boxes) == 1 else f"{len(boxes)} boxes"


def _format(uri: str) -> str:
    return "png" if uri.lower().endswith(".png") else "jpeg"
