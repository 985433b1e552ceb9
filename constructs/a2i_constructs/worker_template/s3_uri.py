"""The S3 addresses that `grant_read_access` takes."""

import re
from dataclasses import dataclass

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
