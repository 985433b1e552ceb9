"""S3OutputPath of a flow definition: an S3 URI, or one of S3's own https addresses."""

from dataclasses import dataclass

from a2i_core.human_loops.errors import ValidationException
from a2i_core.s3_uri import S3Uri


@dataclass(frozen=True, slots=True)
class S3OutputPath:
    """Bucket and prefix of a flow definition's answers."""

    bucket: str
    prefix: str

    @classmethod
    def parse(cls, text: str) -> "S3OutputPath":
        """Read a path, with or without a trailing slash; ValidationException if it is none."""
        try:
            below = S3Uri.parse(f"{text.rstrip('/')}/-")
        except ValueError as error:
            raise ValidationException(
                f"The S3OutputPath '{text}' is not the path of a bucket: expected"
                " s3://bucket/prefix"
            ) from error
        return cls(below.bucket, below.key.removesuffix("-").strip("/"))

    def key(self, *parts: str) -> str:
        """Return the key of an object below the path."""
        return "/".join([self.prefix, *parts] if self.prefix else parts)
