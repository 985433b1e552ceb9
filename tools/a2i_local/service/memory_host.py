"""A host in memory: everything the A2I service needs around it, with nothing to install or run."""

from collections import defaultdict
from typing import Any

from a2i_local.service.host import HostAccessDenied, HostNotFound, Member, StoredObject


class MemoryHost:
    """Buckets, roles and user pools as plain attributes.

    A role trusts SageMaker when it is in `roles`, and may read and write every bucket but those
    in `denied_buckets`.
    """

    def __init__(self) -> None:
        self.roles: set[str] = set()
        self.buckets: dict[str, dict[str, StoredObject]] = {}
        self.denied_buckets: set[str] = set()
        self.user_pool_clients: set[tuple[str, str]] = set()
        self.groups: defaultdict[tuple[str, str], list[Member]] = defaultdict(list)
        self.kms_key_ids: dict[tuple[str, str], str | None] = {}
        """By bucket and key: the KMS key that the last write asked for."""
        self.events: list[dict[str, Any]] = []

    def role_trusts(self, role_arn: str, service: str) -> bool | None:
        return (service == "sagemaker.amazonaws.com") if role_arn in self.roles else None

    def bucket_exists(self, bucket: str, *, account: str) -> bool:
        del account
        return bucket in self.buckets

    def get_object(self, role_arn: str, bucket: str, key: str) -> StoredObject:
        stored = self._bucket(role_arn, bucket).get(key)
        if stored is None:
            raise HostNotFound(f"s3://{bucket}/{key} does not exist")
        return stored

    def put_object(
        self, role_arn: str, bucket: str, key: str, body: bytes, *, kms_key_id: str | None
    ) -> None:
        self._bucket(role_arn, bucket)[key] = StoredObject(body, "application/json")
        self.kms_key_ids[bucket, key] = kms_key_id

    def user_pool_client(self, user_pool_id: str, client_id: str, *, account: str) -> bool:
        del account
        return (user_pool_id, client_id) in self.user_pool_clients

    def group_members(self, user_pool_id: str, group: str, *, account: str) -> list[Member] | None:
        del account
        return self.groups.get((user_pool_id, group))

    def publish(self, event: dict[str, Any], *, account: str, region: str) -> None:
        self.events.append({**event, "account": account, "region": region})

    def _bucket(self, role_arn: str, bucket: str) -> dict[str, StoredObject]:
        if bucket in self.denied_buckets:
            raise HostAccessDenied(f"{role_arn} has no access to s3://{bucket}: AccessDenied")
        if bucket not in self.buckets:
            raise HostNotFound(f"the bucket {bucket} does not exist")
        return self.buckets[bucket]
