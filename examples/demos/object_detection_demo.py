"""Demonstration behind `make demo-object-detection`: sample images, a picture, a manifest."""

import io
import tarfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib.image
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from a2i_cli.aws import AwsClients
from a2i_cli.demo.example import WORKERS, Example, Outputs, Progress, demo_commands
from a2i_cli.demo.reviews import Review, wait_for_decisions
from a2i_core.s3_uri import S3Uri
from box_reviewer import BoxReviewer

PROJECT = Path(__file__).parents[1] / "object_detection"
IMAGES = PROJECT / "images"
CLASSES = ("person", "face", "cat face")  # what the local endpoint's detectors know
BEFORE, AFTER = "tab:red", "tab:green"
MANIFEST_TIMEOUT_SECONDS = 60
_MODEL_NOTE = (
    b"The local endpoint runs detectors of its own and reads nothing from this artifact.\n"
)


def write_model_artifact(folder: Path) -> Path:
    """Write a model.tar.gz for the stack's model, and return its path.

    On AWS it is a trained model; the local endpoint needs only that there is one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.tar.gz"
    note = tarfile.TarInfo("README.txt")
    note.size = len(_MODEL_NOTE)
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(note, io.BytesIO(_MODEL_NOTE))
    return path.absolute()


def send_images(clients: AwsClients, outputs: Outputs, on_progress: Progress) -> list[Review]:
    """Upload the sample images."""
    images = sorted(IMAGES.glob("*.jpg"))
    for image in images:
        clients.s3.put_object(
            Bucket=outputs["InputBucketName"], Key=f"images/{image.name}", Body=image.read_bytes()
        )
    return wait_for_decisions(
        clients,
        outputs["LedgerTableName"],
        expected=len(images),
        on_progress=lambda done: on_progress(f"{done} of {len(images)} images are decided on"),
    )


def download_manifest(clients: AwsClients, outputs: Outputs, completed: int, folder: Path) -> Path:
    """Download the manifest for retraining once it has a line for each completed review.

    Raises:
        TimeoutError: lines are still missing after a minute.
    """
    deadline = time.monotonic() + MANIFEST_TIMEOUT_SECONDS
    while True:
        manifest = _read_manifest(clients, outputs["ManifestUri"])
        lines = manifest.count(b"\n")
        if lines >= completed:
            break
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"{outputs['ManifestUri']} has {lines} of {completed} lines "
                f"after {MANIFEST_TIMEOUT_SECONDS} s; the log of the retraining function says more"
            )
        time.sleep(0.5)
    path = folder / "reviewed.manifest"
    path.write_bytes(manifest)
    return path


def draw_boxes(results: Sequence[Mapping[str, Any]], read_image: Callable[[str], bytes]) -> Figure:
    """Draw each image twice: above with the model's boxes, below with the reviewers'.

    Args:
        results: contents of result.json of completed reviews.
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


def write_picture_and_manifest(
    clients: AwsClients, outputs: Outputs, completed: list[Review], folder: Path
) -> list[Path]:
    """Write the completed reviews as a picture, and as data for retraining."""
    picture = folder / "picture.png"
    results = [review.result for review in completed]
    draw_boxes(results, partial(_read, clients)).savefig(picture)
    return [picture, download_manifest(clients, outputs, len(completed), folder)]


def object_detection(model_artifact: Path) -> Example:
    """Return the example, with an endpoint made from the artifact."""
    return Example(
        project=PROJECT,
        stack="ObjectDetectionReview",
        context={
            "workers": ",".join(WORKERS),
            "modelArtifact": str(model_artifact),
            "classes": ",".join(CLASSES),
        },
        send=send_images,
        reviewer=lambda portal_url: BoxReviewer(portal_url, IMAGES).answer,
        write=write_picture_and_manifest,
    )


def _read_manifest(clients: AwsClients, uri: str) -> bytes:
    try:
        return _read(clients, uri)
    except clients.s3.exceptions.NoSuchKey:
        return b""


def _read(clients: AwsClients, uri: str) -> bytes:
    location = S3Uri.parse(uri)
    return clients.s3.get_object(Bucket=location.bucket, Key=location.key)["Body"].read()


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


if __name__ == "__main__":
    demo_commands(
        lambda build: object_detection(write_model_artifact(build)),
        Path("build/demo-object-detection"),
    )()
