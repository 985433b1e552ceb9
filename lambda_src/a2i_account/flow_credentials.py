"""Credentials of flow definitions' roles: what customers granted to A2I's role, and no more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from a2i_shared import aws_clients
from a2i_shared.clock import now

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient
    from mypy_boto3_sts.type_defs import CredentialsTypeDef

_LIFETIME = timedelta(hours=1)
"""The longest that AWS allows a role which assumes another one."""
LINKS_WORK_FOR = timedelta(minutes=30)
"""At least: a link ends with the credentials that it was signed with, or after an hour."""


@dataclass(frozen=True)
class FlowCredentials:
    """S3 clients by role. They are kept while their credentials last another half hour."""

    sts: STSClient
    clock: Callable[[], datetime] = now
    s3_of: Callable[[CredentialsTypeDef], S3Client] = aws_clients.s3_of
    _clients: dict[str, tuple[datetime, S3Client]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def s3(self, role_arn: str) -> S3Client:
        """Return a client that acts as the role; ClientError where it may not be assumed."""
        with self._lock:
            kept = self._clients.get(role_arn)
            if kept is None or kept[0] - self.clock() < LINKS_WORK_FOR:
                kept = self._assume(role_arn)
                self._clients[role_arn] = kept
            return kept[1]

    def _assume(self, role_arn: str) -> tuple[datetime, S3Client]:
        credentials = self.sts.assume_role(
            RoleArn=role_arn,
            RoleSessionName="a2i-human-loops",
            DurationSeconds=int(_LIFETIME.total_seconds()),
        )["Credentials"]
        return credentials["Expiration"], self.s3_of(credentials)

    def read_link(
        self, role_arn: str, bucket: str, key: str, *, lifetime: timedelta = _LIFETIME
    ) -> str:
        """Return a link that opens an object with the role's permissions."""
        return self.s3(role_arn).generate_presigned_url(
            "get_object",
            Params={"Bucket": bucket, "Key": key},
            ExpiresIn=int(lifetime.total_seconds()),
        )
