"""Versioned buckets of a stack are emptied before it is destroyed."""

from typing import Any

from a2i_cli.demo.empty_buckets import empty_buckets


class Account:
    """CloudFormation and S3 with one stack and its versioned bucket."""

    def __init__(self) -> None:
        self.deleted: list[dict[str, str]] = []

    def get_paginator(self, operation: str) -> "Account":
        self._operation = operation
        return self

    def paginate(self, **request: str) -> list[dict[str, Any]]:
        if self._operation == "list_stack_resources":
            assert request == {"StackName": "Demo"}
            kinds = ("AWS::S3::Bucket", "AWS::SQS::Queue")
            return [
                {
                    "StackResourceSummaries": [
                        {"ResourceType": kind, "PhysicalResourceId": kind.rpartition(":")[2]}
                    ]
                }
                for kind in kinds
            ]
        assert request == {"Bucket": "Bucket"}
        return [
            {"Versions": [{"Key": "a", "VersionId": "1"}, {"Key": "a", "VersionId": "2"}]},
            {"DeleteMarkers": [{"Key": "b", "VersionId": "3"}]},
            {},
        ]

    def delete_objects(self, *, Bucket: str, Delete: dict[str, Any]) -> None:  # noqa: N803 - boto3's names
        assert Bucket == "Bucket"
        self.deleted += Delete["Objects"]


def test_emptying_buckets_leaves_no_version_and_no_delete_marker() -> None:
    account = Account()
    assert empty_buckets(account, account, "Demo") == 3  # type: ignore[arg-type] # clients
    assert [version["VersionId"] for version in account.deleted] == ["1", "2", "3"]
