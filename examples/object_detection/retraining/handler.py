"""Handler: adds a completed review to the augmented manifest for retraining.

Environment: MANIFEST_BUCKET, MANIFEST_KEY.
"""

import json
import os
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3

from retraining.annotation import annotation, job_name
from retraining.manifest import Manifest

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

RESULTS_PATH = "/results/"


def lambda_handler(event: dict[str, Any], _context: object) -> None:
    """Handle a `Human Review Finished` event; the same event twice adds one line."""
    bucket = os.environ["MANIFEST_BUCKET"]
    result = _read_result(event["detail"]["resultUri"], bucket)
    manifest = Manifest(_s3(), bucket, os.environ["MANIFEST_KEY"])
    manifest.add(annotation(result), known_by=job_name(result))


def _read_result(uri: str, bucket: str) -> dict[str, Any]:
    """Read a result where the stack alone writes: whoever may put events can name any object."""
    location = urlsplit(uri)
    if location.netloc != bucket or not location.path.startswith(RESULTS_PATH):
        raise ValueError(f"resultUri leads out of s3://{bucket}{RESULTS_PATH}")
    stored = _s3().get_object(Bucket=location.netloc, Key=location.path.lstrip("/"))
    document: dict[str, Any] = json.load(stored["Body"])
    return document


@cache
def _s3() -> "S3Client":
    return boto3.client("s3")
