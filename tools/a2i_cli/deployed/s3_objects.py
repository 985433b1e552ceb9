"""Reads and erases single S3 objects."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from a2i_cli.failures import CommandError
from a2i_core.s3_uri import S3Uri

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

_DELETE_AT_ONCE = 1000


def read_json(s3: "S3Client", uri: str) -> dict[str, Any]:
    """Return the JSON object at an S3 URI.

    Raises:
        CommandError: what lies there is not JSON.
    """
    at = S3Uri.parse(uri)
    body = s3.get_object(Bucket=at.bucket, Key=at.key)["Body"].read()
    try:
        document: dict[str, Any] = json.loads(body)
    except ValueError as error:
        raise CommandError(f"{uri} is not a JSON document: {error}") from error
    return document


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
