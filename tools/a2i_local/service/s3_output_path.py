"""S3OutputPath of a flow definition: an S3 URI, or one of S3's own https addresses."""

import re
from dataclasses import dataclass

from a2i_local.service.errors import ValidationException

_HOST = r"s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com"
_BUCKET = r"(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])"
_PREFIX = r"(?:/(?P<prefix>.*))?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"s3://{_BUCKET}{_PREFIX}",
        rf"https://{_HOST}/{_BUCKET}{_PREFIX}",
        rf"https://{_BUCKET}\.{_HOST}{_PREFIX}",
    )
)


@dataclass(frozen=True, slots=True)
class S3OutputPath:
    """Bucket and prefix of a flow definition's answers."""

    bucket: str
    prefix: str

    @classmethod
    def parse(cls, text: str) -> "S3OutputPath":
        """Read a path, with or without a trailing slash; ValidationException if it is none."""
        for form in _FORMS:
            if match := form.fullmatch(text):
                return cls(match["bucket"], (match["prefix"] or "").strip("/"))
        raise ValidationException(
            f"The S3OutputPath '{text}' is not the path of a bucket: expected s3://bucket/prefix"
        )

    def key(self, *parts: str) -> str:
        """Return the key of an object below the path."""
        return "/".join([self.prefix, *parts] if self.prefix else parts)
