"""Reads texts from queue messages: sent by a caller, or S3 events about uploads."""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class Text:
    """A text and the key of its review: the same key twice is one review."""

    text_id: str
    content: str


def read_text(s3: "S3Client", body: str) -> Text:
    """Return the text of a queue message.

    Either `{"textId": ..., "text": ...}`, or S3's `Object Created` event, whose object is read.

    Raises:
        ValueError: the message is neither.
    """
    message = json.loads(body)
    match message:
        case {"textId": str(text_id), "text": str(content)}:
            return Text(text_id, content)
        case {"detail": {"bucket": {"name": bucket}, "object": {"key": key, "etag": etag}}}:
            stored = s3.get_object(Bucket=bucket, Key=key, IfMatch=etag)
            return Text(_upload_id(key, etag), stored["Body"].read().decode())
        case _:
            raise ValueError(
                f"a message must have textId and text, or be an S3 event, got {_keys(message)}"
            )


def _upload_id(key: str, etag: str) -> str:
    """Return a reviewId: the same content under the same key is one review."""
    name = key.rpartition("/")[2][:64]
    return f"{name}-{sha256(f'{key} {etag}'.encode()).hexdigest()[:16]}"


def _keys(message: Any) -> str:
    # Names only: the content may be what is under review.
    return f"an object with {sorted(message)}" if isinstance(message, dict) else str(type(message))
