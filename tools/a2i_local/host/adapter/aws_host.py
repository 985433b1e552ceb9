"""Host of the A2I service over MiniStack's S3, Cognito, IAM and EventBridge."""

import contextvars
import json
import os
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import cognito, eventbridge, kms, s3

from a2i_local.host.adapter import role_permissions, user_pool_sign_in
from a2i_local.host.adapter.role_permissions import Role
from a2i_local.service.host import (
    Challenge,
    Credentials,
    HostAccessDenied,
    HostError,
    HostNotFound,
    Invitation,
    Member,
    StoredObject,
    UserPoolClient,
)

_Result = TypeVar("_Result")
_MEMBERS_PAGE = 60
_SSE = "x-amz-server-side-encryption"
_SSE_KEY = "x-amz-server-side-encryption-aws-kms-key-id"


def in_scope(account: str, region: str, work: Callable[[], _Result]) -> _Result:
    """Do `work` as MiniStack does a request: for one account, in one region."""

    def scoped() -> _Result:
        set_request_account_id(account)
        set_request_region(region)
        return work()

    return contextvars.copy_context().run(scoped)


class MiniStackHost:
    """Implements `a2i_local.service.host.Host`. Calls may come from any thread."""

    def __init__(self, region: str) -> None:
        self._region = region

    def role_trusts(self, role_arn: str, service: str) -> bool | None:
        return role_permissions.trusts(Role(role_arn), service, self._region)

    def role_allows(self, role_arn: str, action: str, resource_arn: str) -> bool:
        role = Role(role_arn)

        def ask() -> bool:
            return role_permissions.allowed(role, action, resource_arn, region=self._region)

        return in_scope(role.account, self._region, ask)

    def bucket_exists(self, bucket: str, *, account: str) -> bool:
        return bool(s3._bucket_owner_account(bucket) == account)

    def get_object(self, role_arn: str, bucket: str, key: str) -> StoredObject:
        role = Role(role_arn)
        return in_scope(role.account, self._region, lambda: self._read(role, bucket, key))

    def put_object(
        self, role_arn: str, bucket: str, key: str, body: bytes, *, kms_key_id: str | None
    ) -> None:
        role = Role(role_arn)
        headers = {_SSE: "aws:kms", _SSE_KEY: kms_key_id} if kms_key_id else {}
        in_scope(role.account, self._region, lambda: self._write(role, bucket, key, body, headers))

    def user_pool_client(
        self, user_pool_id: str, client_id: str, *, account: str
    ) -> UserPoolClient | None:
        request = {"UserPoolId": user_pool_id, "ClientId": client_id}
        status, found = self._cognito(cognito._describe_user_pool_client, request, account)
        if status != HTTPStatus.OK:
            return None
        _, described = self._cognito(cognito._describe_user_pool, request, account)
        pool = described["UserPool"]
        return UserPoolClient(
            has_secret="ClientSecret" in found["UserPoolClient"],
            has_domain=bool(pool.get("Domain") or pool.get("CustomDomain")),
        )

    def rewrite_user_pool_client(
        self, user_pool_id: str, client_id: str, settings: dict[str, Any], *, account: str
    ) -> None:
        request = {"UserPoolId": user_pool_id, "ClientId": client_id, **settings}
        self._cognito(cognito._update_user_pool_client, request, account)

    def group_members(self, user_pool_id: str, group: str, *, account: str) -> list[Member] | None:
        members: list[Member] = []
        request: dict[str, Any] = {
            "UserPoolId": user_pool_id,
            "GroupName": group,
            "Limit": _MEMBERS_PAGE,
        }
        while True:
            status, page = self._cognito(cognito._list_users_in_group, request, account)
            if status != HTTPStatus.OK:
                return None
            members += [
                user_pool_sign_in.member_of(user) for user in page["Users"] if user["Enabled"]
            ]
            if "NextToken" not in page:
                return members
            request["NextToken"] = page["NextToken"]

    def sign_in(
        self, user_pool_id: str, client_id: str, credentials: Credentials, *, account: str
    ) -> Member | Challenge:
        def ask() -> Member | Challenge:
            return user_pool_sign_in.sign_in(user_pool_id, client_id, credentials)

        return in_scope(account, _region_of(user_pool_id), ask)

    def invitations(self) -> list[Invitation]:
        return user_pool_sign_in.invitations()

    def publish(self, event: dict[str, Any], *, account: str, region: str) -> None:
        request = {"Entries": [event]}
        status, _, body = in_scope(
            account, region, lambda: eventbridge._put_events(request, allow_aws_source=True)
        )
        if status != HTTPStatus.OK or json.loads(body)["FailedEntryCount"]:
            raise HostError(f"EventBridge refused the event: {body.decode()}")

    def _cognito(
        self, operation: Callable[[dict[str, Any]], Any], request: dict[str, Any], account: str
    ) -> tuple[int, dict[str, Any]]:
        region = _region_of(request["UserPoolId"])
        status, _, body = in_scope(account, region, lambda: operation(request))
        return status, json.loads(body)

    def _read(self, role: Role, bucket: str, key: str) -> StoredObject:
        self._require_bucket(bucket)
        self._require(role, "s3:GetObject", f"arn:aws:s3:::{bucket}/{key}")
        status, headers, body = s3._get_object(bucket, key, {}, {})
        if status == HTTPStatus.NOT_FOUND:
            # S3 tells who may not list a bucket neither what is in it nor what is not.
            self._require(role, "s3:ListBucket", f"arn:aws:s3:::{bucket}")
            raise HostNotFound("The specified key does not exist.")
        self._require_key(role, "kms:Decrypt", headers, bucket, key)
        return StoredObject(body=bytes(body), content_type=headers["Content-Type"])

    def _write(
        self, role: Role, bucket: str, key: str, body: bytes, headers: dict[str, str]
    ) -> None:
        self._require_bucket(bucket)
        encryption = headers or s3._bucket_default_sse_headers(bucket)
        context = {f"s3:{_SSE}": headers[_SSE]} if headers else {}
        self._require(role, "s3:PutObject", f"arn:aws:s3:::{bucket}/{key}", context)
        self._require_key(role, "kms:GenerateDataKey", encryption, bucket, key)
        sent = {**headers, "content-type": "application/json"}
        status, _, answer = s3._put_object(bucket, key, body, sent)
        if status != HTTPStatus.OK:
            raise HostError(f"S3 refused the object: {bytes(answer).decode(errors='replace')}")
        _flush_to_disk(bucket, key)

    def _require_bucket(self, bucket: str) -> None:
        if s3._bucket_owner_account(bucket) is None:
            raise HostNotFound("The specified bucket does not exist")

    def _require_key(
        self, role: Role, action: str, headers: dict[str, str], bucket: str, key: str
    ) -> None:
        key_id = headers.get(_SSE_KEY)
        if not key_id:
            return
        region = key_id.split(":")[3] if key_id.startswith("arn:") else self._region
        record = in_scope(role.account, region, lambda: kms._resolve_key(key_id))
        if record is None:
            raise HostNotFound(f"Key {key_id} does not exist")
        context = {
            "kms:ViaService": f"s3.{region}.amazonaws.com",
            "kms:CallerAccount": role.account,
            "kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{bucket}/{key}",
        }
        self._require(role, action, record["Arn"], context)

    def _require(
        self, role: Role, action: str, resource: str, context: dict[str, str] | None = None
    ) -> None:
        if not role_permissions.allowed(
            role, action, resource, region=self._region, context=context
        ):
            raise HostAccessDenied(
                f"User: {role.session_arn} is not authorized to perform: {action} "
                f"on resource: {resource}"
            )


def _region_of(user_pool_id: str) -> str:
    """Return the region that a user pool's id begins with."""
    return user_pool_id.partition("_")[0]


def _flush_to_disk(bucket: str, key: str) -> None:
    """Wait until an object of S3's data folder is on disk, even after a power cut.

    OSError: S3 could not write it, which it only says in its log.
    """
    if not s3.S3_PERSIST:
        return
    path = Path(s3._object_disk_path(bucket, key))
    for written in (path, path.parent):
        descriptor = os.open(written, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
