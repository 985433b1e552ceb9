"""Erases single S3 objects, with all their versions."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from a2i_cli.failures import CommandError
from a2i_core.s3_uri import S3Uri

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

_DELETE_AT_ONCE = 1000


def erase_objects(s3: "S3Client", uri: str) -> int:
    """Erase an object, or all below a URI that ends in `/`, with every version and delete marker.

    Returns how many versions and markers there were.

    Raises:
        CommandError: S3 kept a version, for example one under Object Lock.
    """
    at = S3Uri.parse(uri)
    versions = list(_versions(s3, at))
    for start in range(0, len(versions), _DELETE_AT_ONCE):
        batch = versions[start : start + _DELETE_AT_ONCE]
        answer = s3.delete_objects(Bucket=at.bucket, Delete={"Objects": batch, "Quiet": True})
        for refusal in answer.get("Errors", []):
            raise CommandError(
                f"S3 kept a version of {uri}: {refusal.get('Code')}: {refusal.get('Message')}"
            )
    return len(versions)


def _versions(s3: "S3Client", at: S3Uri) -> Iterator["ObjectIdentifierTypeDef"]:
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=at.bucket, Prefix=at.key)
    for page in pages:
        for version in (*page.get("Versions", []), *page.get("DeleteMarkers", [])):
            # a prefix also matches longer keys
            if version["Key"] == at.key or at.key.endswith("/"):
                yield {"Key": version["Key"], "VersionId": version["VersionId"]}
