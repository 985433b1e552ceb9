"""Host in memory: everything the A2I service needs around it, with nothing to install or run."""

from collections import defaultdict
from typing import Any

from a2i_local.service.host import (
    Challenge,
    Credentials,
    HostAccessDenied,
    HostNotFound,
    Invitation,
    Member,
    PasswordRefused,
    SignInRefused,
    StoredObject,
    UserPoolClient,
)

_SHORTEST_PASSWORD = 8


class MemoryHost:
    """Buckets, roles and user pools as plain attributes.

    A role trusts SageMaker when it is in `roles`, and may read and write every bucket but those in
    `denied_buckets`, by every action but those in `denied_actions`. Members of a group sign in with
    their password in `passwords`, after they have replaced the one in `temporary_passwords`; both
    are by user pool and user name.
    """

    def __init__(self) -> None:
        self.roles: set[str] = set()
        self.buckets: dict[str, dict[str, StoredObject]] = {}
        self.denied_buckets: set[str] = set()
        self.denied_actions: set[str] = set()
        self.user_pool_clients: set[tuple[str, str]] = set()
        self.client_settings: dict[tuple[str, str], dict[str, Any]] = {}
        self.clients_without_secret: set[str] = set()
        self.user_pools_without_domain: set[str] = set()
        self.groups: defaultdict[tuple[str, str], list[Member]] = defaultdict(list)
        self.passwords: dict[tuple[str, str], str] = {}
        self.temporary_passwords: dict[tuple[str, str], str] = {}
        self.kms_key_ids: dict[tuple[str, str], str | None] = {}
        """By bucket and key: the KMS key that the last write asked for."""
        self.events: list[dict[str, Any]] = []

    def role_trusts(self, role_arn: str, service: str) -> bool | None:
        return (service == "sagemaker.amazonaws.com") if role_arn in self.roles else None

    def role_allows(self, role_arn: str, action: str, resource_arn: str) -> bool:
        bucket = resource_arn.rpartition(":")[2].partition("/")[0]
        denied = action in self.denied_actions or bucket in self.denied_buckets
        return role_arn in self.roles and not denied

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

    def user_pool_client(
        self, user_pool_id: str, client_id: str, *, account: str
    ) -> UserPoolClient | None:
        del account
        if (user_pool_id, client_id) not in self.user_pool_clients:
            return None
        return UserPoolClient(
            has_secret=client_id not in self.clients_without_secret,
            has_domain=user_pool_id not in self.user_pools_without_domain,
        )

    def rewrite_user_pool_client(
        self, user_pool_id: str, client_id: str, settings: dict[str, Any], *, account: str
    ) -> None:
        del account
        self.client_settings[user_pool_id, client_id] = settings

    def group_members(self, user_pool_id: str, group: str, *, account: str) -> list[Member] | None:
        del account
        return self.groups.get((user_pool_id, group))

    def sign_in(
        self, user_pool_id: str, client_id: str, credentials: Credentials, *, account: str
    ) -> Member | Challenge:
        del client_id, account
        user = user_pool_id, credentials.username
        member = self._users(user_pool_id).get(credentials.username)
        if member is None or credentials.password not in {
            self.passwords.get(user),
            self.temporary_passwords.get(user),
        }:
            raise SignInRefused("Incorrect username or password.")
        if user in self.temporary_passwords:
            if credentials.new_password is None:
                return Challenge.NEW_PASSWORD_REQUIRED
            self._replace_password(user, credentials.new_password)
        return member

    def invitations(self) -> list[Invitation]:
        return [
            Invitation(username, self._users(pool)[username].email, password)
            for (pool, username), password in self.temporary_passwords.items()
        ]

    def publish(self, event: dict[str, Any], *, account: str, region: str) -> None:
        self.events.append({**event, "account": account, "region": region})

    def _users(self, user_pool_id: str) -> dict[str, Member]:
        return {
            member.username: member
            for (pool, _), members in self.groups.items()
            if pool == user_pool_id
            for member in members
        }

    def _replace_password(self, user: tuple[str, str], new_password: str) -> None:
        if len(new_password) < _SHORTEST_PASSWORD:
            raise PasswordRefused(
                f"Password must have length greater than or equal to {_SHORTEST_PASSWORD}"
            )
        self.passwords[user] = new_password
        del self.temporary_passwords[user]

    def _bucket(self, role_arn: str, bucket: str) -> dict[str, StoredObject]:
        if bucket in self.denied_buckets:
            raise HostAccessDenied(f"{role_arn} has no access to s3://{bucket}: AccessDenied")
        if bucket not in self.buckets:
            raise HostNotFound(f"the bucket {bucket} does not exist")
        return self.buckets[bucket]
