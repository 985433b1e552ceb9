"""`python -m a2i_cli.demo.object_detection`: what `make demo-object-detection` runs."""

import io
import tarfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from matplotlib.figure import Figure

from a2i_cli.demo.box_reviewer import BoxReviewer
from a2i_cli.demo.clients import Clients
from a2i_cli.demo.example import EXAMPLES, Example, Outputs, run_example
from a2i_cli.demo.failures import failures_in_one_line
from a2i_cli.demo.pictures import draw_boxes
from a2i_cli.demo.reviews import Review

IMAGES = EXAMPLES / "object_detection" / "images"
CLASSES = ("person", "face", "cat face")  # what the local endpoint's detectors know
MANIFEST_TIMEOUT_SECONDS = 60
_MODEL_NOTE = (
    b"The local endpoint runs detectors of its own and reads nothing from this artifact.\n"
)


def write_model_artifact(folder: Path) -> Path:
    """Write a model.tar.gz for the stack's model, and return its path.

    On AWS a trained model stands here; the local endpoint needs only that there is one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.tar.gz"
    note = tarfile.TarInfo("README.txt")
    note.size = len(_MODEL_NOTE)
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(note, io.BytesIO(_MODEL_NOTE))
    return path.absolute()


def send_images(clients: Clients, outputs: Outputs) -> int:
    """Upload the sample images."""
    images = sorted(IMAGES.glob("*.jpg"))
    for image in images:
        clients.s3.put_object(
            Bucket=outputs["InputBucketName"], Key=f"images/{image.name}", Body=image.read_bytes()
        )
    return len(images)


def draw(clients: Clients, reviews: Sequence[Review]) -> Figure:
    """Draw the completed reviews."""
    return draw_boxes([review.result for review in reviews], partial(_read, clients))


def download_manifest(
    clients: Clients, outputs: Outputs, completed: int, folder: Path
) -> list[Path]:
    """Wait until the manifest for retraining has a line for each completed review, and fetch it.

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
    return [path]


def _read_manifest(clients: Clients, uri: str) -> bytes:
    try:
        return _read(clients, uri)
    except clients.s3.exceptions.NoSuchKey:
        return b""


def _read(clients: Clients, uri: str) -> bytes:
    location = urlsplit(uri)
    key = location.path.lstrip("/")
    return clients.s3.get_object(Bucket=location.netloc, Key=key)["Body"].read()


def object_detection(model_artifact: Path) -> Example:
    """Return the example, with an endpoint made from the artifact."""
    return Example(
        folder="object_detection",
        stack="ObjectDetectionReview",
        send=send_images,
        answer=lambda portal_url: BoxReviewer(portal_url, IMAGES).answer,
        draw=draw,
        collect=download_manifest,
        context={"modelArtifact": str(model_artifact), "classes": ",".join(CLASSES)},
    )


def main(
    build: Annotated[Path, typer.Option(help="the folder for cdk.out, results and picture")] = Path(
        "build/demo-object-detection"
    ),
) -> None:
    """Run the object detection example on the local AWS."""
    with failures_in_one_line():
        run_example(object_detection(write_model_artifact(build)), build)


if __name__ == "__main__":
    typer.run(main)
