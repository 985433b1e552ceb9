"""Comments of reviewers on the task of a human loop in the account."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from a2i_client.documents import read_json
from a2i_core.human_loops.instants import iso_milliseconds
from a2i_core.names import human_loop_prefix
from a2i_core.s3_uri import S3Uri

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_KINDS = {"declines": "decline", "flags": "flag"}


def comments_on(
    s3: "S3Client", input_bucket: str, human_loop_name: str
) -> Iterator[dict[str, str]]:
    """Yield what reviewers wrote when they flagged or declined a task, with time and worker id.

    A human loop in A2I has none.
    """
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=input_bucket, Prefix=human_loop_prefix(human_loop_name)
    )
    for page in pages:
        for found in page.get("Contents", []):
            *_, folder, file = found["Key"].split("/")
            if folder in _KINDS:
                document = read_json(s3, str(S3Uri(input_bucket, found["Key"])))
                yield {
                    "kind": _KINDS[folder],
                    "workerId": file.removesuffix(".json"),
                    "at": iso_milliseconds(found["LastModified"]),
                    "comment": str(document["comment"]),
                }
