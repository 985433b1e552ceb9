from __future__ import annotations

from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from a2i_shared.documents import Documents, S3Uri
from a2i_shared.errors import DocumentNotFoundError, DocumentUnreadableError, InvalidRequestError
from tests.lambda_src.account import Account
from tests.lambda_src.service_errors import service_error


@pytest.fixture
def uri(account: Account) -> S3Uri:
    return S3Uri(account.input_bucket, "requests/a.json")


def test_the_first_writer_wins(account: Account, uri: S3Uri) -> None:
    documents = Documents(account.s3)

    assert documents.write_once(uri, {"by": "first"})
    assert not documents.write_once(uri, {"by": "second"})
    assert documents.read(uri) == {"by": "first"}


def test_a_deleted_document_may_be_written_again(account: Account, uri: S3Uri) -> None:
    documents = Documents(account.s3)
    documents.write_once(uri, {"by": "first"})

    documents.delete(uri)

    assert documents.write_once(uri, {"by": "second"})


class ContendedS3:
    """S3 while several writers race for one key: 409 until one of them is through."""

    def __init__(self, conflicts: int) -> None:
        self.conflicts = conflicts

    def put_object(self, **_: Any) -> None:
        if self.conflicts:
            self.conflicts -= 1
            raise service_error("ConditionalRequestConflict")


def test_a_race_for_the_key_is_run_again() -> None:
    documents = Documents(cast("Any", ContendedS3(conflicts=2)))

    assert documents.write_once(S3Uri("b", "k"), {})


def test_a_race_without_end_is_an_error() -> None:
    documents = Documents(cast("Any", ContendedS3(conflicts=9)))

    with pytest.raises(ClientError, match="ConditionalRequestConflict"):
        documents.write_once(S3Uri("b", "k"), {})


def test_a_missing_document_is_named(account: Account, uri: S3Uri) -> None:
    with pytest.raises(DocumentNotFoundError, match=r"s3://.*/requests/a\.json does not exist"):
        Documents(account.s3).read(uri)


def test_what_is_no_json_is_named(account: Account, uri: S3Uri) -> None:
    account.s3.put_object(Bucket=uri.bucket, Key=uri.key, Body=b"\x89PNG")

    with pytest.raises(DocumentUnreadableError, match="is not a JSON document"):
        Documents(account.s3).read(uri)


@pytest.mark.parametrize("text", ["", "bucket/key", "s3://", "s3://bucket", "s3:///key"])
def test_only_an_s3_uri_is_one(text: str) -> None:
    with pytest.raises(InvalidRequestError, match="reads s3://bucket/key"):
        S3Uri.parse(text)
