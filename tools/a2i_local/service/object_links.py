"""Links to S3 objects, as `grant_read_access` hands them out.

A link carries what it opens, signed: nothing is stored, however many tasks are rendered. They
end with the process, because its key does; rendering the task again makes new ones.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from a2i_constructs.worker_template.s3_uri import S3Uri
from a2i_local.service.errors import ObjectAccessDenied

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
        self._secret = secrets.token_bytes(32)

    def issue(self, role_arn: str, uri: str, *, ends_at: datetime) -> str:
        """Return the path of a link to an S3 URI; ValueError if it is none."""
        location = S3Uri.parse(uri)
        claims = [role_arn, location.bucket, location.key, ends_at.timestamp()]
        payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        return f"{OBJECT_PATH}{payload}.{self._sign(payload)}"

    def read(self, token: str, now: datetime) -> ObjectLink:
        """Return what a token opens; ObjectAccessDenied when it is forged or has ended."""
        payload, _, signature = token.partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(payload).encode()):
            raise ObjectAccessDenied("this link was not made by the service, or was altered")
        role_arn, bucket, key, ends_at = json.loads(_decode(payload))
        if now - datetime.fromtimestamp(ends_at, tz=now.tzinfo) >= timedelta(0):
            raise ObjectAccessDenied("this link has ended: load the task again")
        return ObjectLink(role_arn, bucket, key)

    def _sign(self, payload: str) -> str:
        return hmac.new(self._secret, payload.encode(), hashlib.sha256).hexdigest()


def _decode(payload: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    except binascii.Error as error:
        raise ObjectAccessDenied("this link is not one of the service's") from error
