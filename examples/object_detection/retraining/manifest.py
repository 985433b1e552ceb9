"""Augmented manifest in S3, extended line by line with conditional writes."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ATTEMPTS = 10
# Another writer was faster: S3's answers to a conditional write.
_OVERTAKEN = {"PreconditionFailed", "ConditionalRequestConflict"}


class ManifestBusyError(Exception):
    """Others wrote the manifest faster, ATTEMPTS times in a row."""


@dataclass(frozen=True)
class Manifest:
    """The manifest at a bucket's key. S3 has no append: each line rewrites the object."""

    s3: "S3Client"
    bucket: str
    key: str

    def add(self, line: dict[str, Any], *, known_by: str) -> None:
        """Add a line, unless one that holds the text `known_by` is there already.

        Raises:
            ManifestBusyError: try again later.
        """
        text = json.dumps(line) + "\n"
        if self._put(text, IfNoneMatch="*"):
            return
        for _ in range(ATTEMPTS):
            stored = self.s3.get_object(Bucket=self.bucket, Key=self.key)
            lines = stored["Body"].read().decode()
            if json.dumps(known_by) in lines or self._put(lines + text, IfMatch=stored["ETag"]):
                return
        raise ManifestBusyError(f"s3://{self.bucket}/{self.key} is written by too many at once")

    def _put(self, text: str, **condition: str) -> bool:
        """Write conditionally; False when another writer was first."""
        try:
            self.s3.put_object(
                Bucket=self.bucket,
                Key=self.key,
                Body=text.encode(),
                ContentType="application/jsonlines",
                **condition,  # type: ignore[arg-type] # IfMatch or IfNoneMatch
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in _OVERTAKEN:
                raise
            return False
        return True
