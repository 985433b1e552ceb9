"""The S3 addresses that `grant_read_access` takes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

ReadAccess = Callable[[str], str]
"""Turns the URI of an S3 object into an address that a browser can read."""

_BUCKET = r"(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])"
_HOST = r"s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com"
_KEY = r"(?P<key>.+)"
_FORMS = tuple(
    re.compile(form, re.DOTALL)
    for form in (
        rf"s3://{_BUCKET}/{_KEY}",
        rf"https?://{_HOST}/{_BUCKET}/{_KEY}",
        rf"https?://{_BUCKET}\.{_HOST}/{_KEY}",
    )
)


@dataclass(frozen=True, slots=True)
class S3Uri:
    """An object in S3."""

    bucket: str
    key: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    @classmethod
    def parse(cls, text: str) -> "S3Uri":
        """Read `s3://bucket/key` or one of S3's own https addresses.

        Raises `ValueError` for everything else; a bucket without a key is no object.
        """
        for form in _FORMS:
            if match := form.fullmatch(text):
                return cls(match["bucket"], match["key"])
        raise ValueError(f"not the URI of an S3 object: {text!r}; expected s3://bucket/key")


def granting(read_access: ReadAccess) -> ReadAccess:
    """Put the check of the URI before `read_access`, which then sees `s3://bucket/key` only."""

    def grant(text: str) -> str:
        return read_access(str(S3Uri.parse(text)))

    return grant


def example_read_access(uri: str) -> str:
    """A URL of the shape A2I makes; it opens nothing, as no one signed it."""
    location = S3Uri.parse(uri)
    return (
        f"https://s3.amazonaws.com/{location.bucket}/{quote(location.key)}"
        "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=example"
    )
