"""Lets CloudFormation delete a bucket as S3 deletes it: only when nothing is in it.

MiniStack's engine drops the bucket with whatever it holds, and forgets to drop what is on disk.
"""

from http import HTTPStatus
from xml.etree import ElementTree as Xml

from ministack.services import s3
from ministack.services.cloudformation import provisioners

from a2i_local.host.adapter.resource_model import Properties

_BUCKET = "AWS::S3::Bucket"


class BucketNotDeleted(Exception):  # noqa: N818 - CloudFormation shows it as the status reason
    """S3 refused to delete a bucket."""


def delete_empty_buckets_only() -> None:
    """Replace the engine's deletion of buckets by S3's own."""
    provisioners._RESOURCE_HANDLERS[_BUCKET]["delete"] = _delete


def _delete(name: str, _properties: Properties) -> None:
    status, _, body = s3._delete_bucket(name)
    if status not in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND}:
        message = Xml.fromstring(body).findtext("Message")  # noqa: S314 - MiniStack's own answer
        raise BucketNotDeleted(f"{message} (Service: S3, Status Code: {status})")
