"""Reads and erases single objects of a review's buckets."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from a2i_cli.deployed.names import split_s3_uri
from a2i_cli.failures import CommandError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

_DELETE_AT_ONCE = 1000


def read_json(s3: "S3Client", uri: str) -> dict[str, Any]:
    """Return the JSON object that lies at `uri`.

    Raises:
        CommandError: what lies there is not JSON.
    """
    bucket, key = split_s3_uri(uri)
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    try:
        document: dict[str, Any] = json.loads(body)
    except ValueError as error:
        raise CommandError(f"{uri} is not a JSON document: {error}") from error
    return document


def erase_object(s3: "S3Client", uri: str) -> int:
    """Erase an object with all its versions and delete markers; return how many there were.

    Raises:
        CommandError: S3 kept a version, for example one under Object Lock.
    """
    bucket, key = split_s3_uri(uri)
    versions = list(_versions(s3, bucket, key))
    for start in range(0, len(versions), _DELETE_AT_ONCE):
        batch = versions[start : start + _DELETE_AT_ONCE]
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
        for refusal in answer.get("Errors", []):
            raise CommandError(
                f"S3 kept a version of {uri}: {refusal.get('Code')}: {refusal.get('Message')}"
            )
    return len(versions)


def _versions(s3: "S3Client", bucket: str, key: str) -> Iterator["ObjectIdentifierTypeDef"]:
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key)
    for page in pages:
        for version in (*page.get("Versions", []), *page.get("DeleteMarkers", [])):
            if version["Key"] == key:  # a prefix also matches longer keys
                yield {"Key": key, "VersionId": version["VersionId"]}
