"""Reader of JSON documents in S3."""

import json
from typing import TYPE_CHECKING, Any

from a2i_client.errors import ReviewsError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def read_json(s3: "S3Client", uri: str) -> dict[str, Any]:
    """Return the JSON object at an `s3://` URI.

    Raises:
        ReviewsError: what lies there is not JSON.
    """
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    try:
        document: dict[str, Any] = json.loads(body)
    except ValueError as error:
        raise ReviewsError(f"{uri} is not a JSON document: {error}") from error
    return document
