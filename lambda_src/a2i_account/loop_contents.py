"""Inputs, answers and drafts of human loops in S3: the table holds none of it."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from a2i_core.human_loops.human_loop import Answer, HumanLoop, StoredAnswer
from a2i_core.names import human_loop_prefix
from a2i_core.s3_uri import S3Uri
from a2i_shared.service_errors import code_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def loop_prefix(loop: HumanLoop) -> str:
    """Where the contents of a loop are; another request of the same name has other ones."""
    return f"{human_loop_prefix(loop.name)}{loop.request_digest}/"


@dataclass(frozen=True)
class LoopContents:
    """Input, answers and drafts of human loops."""

    s3: S3Client
    bucket: str

    def write_input(self, loop: HumanLoop, input_content: str) -> None:
        self._write(f"{loop_prefix(loop)}input.json", input_content.encode())

    def read_input(self, loop: HumanLoop) -> str:
        return self._read(f"{loop_prefix(loop)}input.json").decode()

    def answer_place(
        self, loop: HumanLoop, worker_id: str, content: dict[str, Any]
    ) -> StoredAnswer:
        """Return how a loop refers to an answer; the same answer again is the same place."""
        digest = hashlib.sha256(_compact(content)).hexdigest()
        key = f"{loop_prefix(loop)}answers/{worker_id}-{digest[:16]}.json"
        return StoredAnswer(str(S3Uri(self.bucket, key)), digest)

    def write_answer(self, place: StoredAnswer, content: dict[str, Any]) -> None:
        """Store an answer before the loop refers to it."""
        self._write(S3Uri.parse(place.uri).key, _compact(content))

    def read_answer(self, answer: Answer) -> dict[str, Any]:
        """Return what a worker answered; TypeError for a loop that is not of the account."""
        if not isinstance(answer.content, StoredAnswer):
            raise TypeError("answers are kept in S3")
        content: dict[str, Any] = json.loads(self._read(S3Uri.parse(answer.content.uri).key))
        return content

    def write_draft(self, loop: HumanLoop, worker_id: str, content: dict[str, Any]) -> None:
        """Keep what a worker has answered so far; the last one wins."""
        self._write(f"{loop_prefix(loop)}drafts/{worker_id}.json", _compact(content))

    def read_draft(self, loop: HumanLoop, worker_id: str) -> dict[str, Any] | None:
        """Return what a worker had answered when they left; None where there is nothing."""
        try:
            body = self._read(f"{loop_prefix(loop)}drafts/{worker_id}.json")
        except ClientError as error:
            if code_of(error) == "NoSuchKey":
                return None
            raise
        draft: dict[str, Any] = json.loads(body)
        return draft

    def write_comment(self, loop: HumanLoop, worker_id: str, kind: str, text: str) -> None:
        """Keep what a worker wrote about the task; kind: `declines` or `flags`."""
        self._write(f"{loop_prefix(loop)}{kind}/{worker_id}.json", _compact({"comment": text}))

    def delete(self, loop: HumanLoop) -> None:
        """Delete the contents of a loop that was not stored."""
        self._delete(loop_prefix(loop))

    def delete_all(self, name: str) -> None:
        """Delete the contents of every request of a name, of refused ones too."""
        self._delete(human_loop_prefix(name))

    def _delete(self, prefix: str) -> None:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        for page in pages:
            for found in page.get("Contents", ()):
                self.s3.delete_object(Bucket=self.bucket, Key=found["Key"])

    def _write(self, key: str, body: bytes) -> None:
        self.s3.put_object(
            Bucket=self.bucket, Key=key, Body=body, ContentType="application/json; charset=utf-8"
        )

    def _read(self, key: str) -> bytes:
        with closing(self.s3.get_object(Bucket=self.bucket, Key=key)["Body"]) as body:
            return body.read()


def _compact(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
