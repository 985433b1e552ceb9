"""JSON documents in S3: requests and results, written once, and what A2I writes, read only."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from a2i_core.canonical_json import canonical_json, parse_json
from a2i_shared.errors import DocumentNotFoundError, DocumentUnreadableError, InvalidRequestError
from a2i_shared.service_errors import code_of, is_transient

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ABSENT = {"NoSuchKey", "404"}
_PRESENT = {"PreconditionFailed", "412"}
_CONTENDED = {"ConditionalRequestConflict", "409"}
_WRITE_ATTEMPTS = 3


class S3Uri(NamedTuple):
    bucket: str
    key: str

    @classmethod
    def parse(cls, uri: str) -> S3Uri:
        """Raises InvalidRequestError unless `uri` reads s3://bucket/key."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        if not uri.startswith("s3://") or not bucket or not key:
            raise InvalidRequestError("an S3 URI reads s3://bucket/key")
        return cls(bucket, key)

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True)
class Documents:
    s3: S3Client

    def size(self, uri: S3Uri) -> int:
        """Bytes of the document; 0 for one that cannot be read, which `read` gives a reason for."""
        try:
            return self.s3.head_object(Bucket=uri.bucket, Key=uri.key)["ContentLength"]
        except ClientError as error:
            if is_transient(error):
                raise
            return 0

    def read(self, uri: S3Uri, *, max_bytes: int | None = None) -> Any:
        """Read a document, and nothing of one that has more than `max_bytes`.

        Raises:
            DocumentNotFoundError: there is none.
            DocumentUnreadableError: it is no JSON document, or too large.
        """
        try:
            found = self.s3.get_object(Bucket=uri.bucket, Key=uri.key)
        except ClientError as error:
            if code_of(error) in _ABSENT:
                raise DocumentNotFoundError(f"{uri} does not exist") from error
            raise
        with closing(found["Body"]) as body:
            if max_bytes is not None and found["ContentLength"] > max_bytes:
                raise DocumentUnreadableError(
                    f"{uri} has {found['ContentLength']} bytes, at most {max_bytes} are read"
                )
            content = body.read()
        try:
            return parse_json(content)
        except ValueError as error:
            raise DocumentUnreadableError(f"{uri} is not a JSON document: {error}") from None

    def write(self, uri: S3Uri, document: Any) -> None:
        self.s3.put_object(
            Bucket=uri.bucket,
            Key=uri.key,
            Body=canonical_json(document).encode(),
            ContentType="application/json",
        )

    def write_once(self, uri: S3Uri, document: Any) -> bool:
        """Write `document` unless the key has one already, and say whether it was written.

        The first writer wins, whoever else writes at the same time.
        """
        body = canonical_json(document).encode()
        for attempt in range(1, _WRITE_ATTEMPTS + 1):
            try:
                self.s3.put_object(
                    Bucket=uri.bucket,
                    Key=uri.key,
                    Body=body,
                    ContentType="application/json",
                    IfNoneMatch="*",
                )
            except ClientError as error:
                code = code_of(error)
                if code in _PRESENT:
                    return False
                if code not in _CONTENDED or attempt == _WRITE_ATTEMPTS:
                    raise
            else:
                return True
        raise AssertionError("the last attempt returns or raises")

    def delete(self, uri: S3Uri) -> None:
        self.s3.delete_object(Bucket=uri.bucket, Key=uri.key)
