"""Signed links to S3 objects, the results of `grant_read_access`.

A link carries the object it opens: nothing is stored, however many tasks are rendered. Links end
with the process, because its key does; rendering the task again makes new ones.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

from a2i_core.human_loops.errors import ObjectAccessDenied
from a2i_core.s3_uri import S3Uri

OBJECT_PATH = "/_a2i/s3/"


@dataclass(frozen=True, slots=True)
class ObjectLink:
    """The object that a link opens, and the role whose permissions it carries."""

    role_arn: str
    bucket: str
    key: str


class ObjectLinks:
    """Makes and reads the tokens after `/_a2i/s3/`."""

    def __init__(self) -> None:
        self._tokens = URLSafeSerializer(
            secrets.token_bytes(32), signer_kwargs={"digest_method": hashlib.sha256}
        )

    def issue(self, role_arn: str, uri: str, *, ends_at: datetime) -> str:
        """Return the path of a link to an S3 URI; ValueError if it is none."""
        location = S3Uri.parse(uri)
        claims = [role_arn, location.bucket, location.key, ends_at.timestamp()]
        return f"{OBJECT_PATH}{self._tokens.dumps(claims)}"

    def read(self, token: str, now: datetime) -> ObjectLink:
        """Return what a token opens; ObjectAccessDenied when it is forged or has ended."""
        try:
            role_arn, bucket, key, ends_at = self._tokens.loads(token)
        except BadData as error:
            raise ObjectAccessDenied(
                "this link was not made by the service, or was altered"
            ) from error
        if now - datetime.fromtimestamp(ends_at, tz=now.tzinfo) >= timedelta(0):
            raise ObjectAccessDenied("this link has ended: load the task again")
        return ObjectLink(role_arn, bucket, key)
