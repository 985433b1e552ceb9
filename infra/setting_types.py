"""Types of single settings: what one may be, in words for messages and as a check."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field, GetCoreSchemaHandler, TypeAdapter, ValidationError
from pydantic_core import CoreSchema, core_schema

# A description continues "must be".
KmsKeyArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+$",
        description="the ARN of a KMS key, arn:aws:kms:<region>:<account>:key/<id>",
    ),
]
TopicArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?$",
        description="the ARN of an SNS topic, arn:aws:sns:<region>:<account>:<name>",
    ),
]
SecretArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@!-]+$",
        description=(
            "the ARN of a Secrets Manager secret, "
            "arn:aws:secretsmanager:<region>:<account>:secret:<name>-<six characters>"
        ),
    ),
]
WorkteamArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:\d{12}:workteam/[a-z-]+/\S+$",
        description=(
            "the ARN of a work team, "
            "arn:aws:sagemaker:<region>:<account>:workteam/private-crowd/<name>"
        ),
    ),
]
StackName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z][A-Za-z0-9-]{0,127}$",
        description="1 to 128 letters, digits and hyphens, a letter first",
    ),
]
BucketName = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        description="the name of an S3 bucket, 3 to 63 lower case letters, digits, dots, hyphens",
    ),
]
HttpsUrl = Annotated[str, Field(pattern=r"^https://\S+$", description="a URL with https://")]
EmailAddress = Annotated[
    str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", description="an e-mail address")
]
FieldName = Annotated[
    str, Field(pattern=r"^[^\s.]+$", description="the name of a field, without dots and spaces")
]
Line = Annotated[str, Field(pattern=r"^\S.*$", description="text of one line")]

_UNITS = {"W": 604_800, "D": 86_400, "H": 3_600, "M": 60, "S": 1}
_SPOKEN = re.compile(r"(\d+) ?([smhd]|(?:sec|second|min|minute|hour|day)s?)")
_TIMEDELTA = TypeAdapter(timedelta)


@dataclass(frozen=True)
class DurationFrom:
    """Annotation of a timedelta: an ISO 8601 duration within limits, both included."""

    shortest: str
    longest: str | None = None

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check before pydantic, which would take numbers and other spellings too."""
        return core_schema.no_info_before_validator_function(self._check, handler(source))

    def _check(self, value: object) -> timedelta:
        duration = _parse(value)
        if duration is None:
            raise ValueError(
                f"must be an ISO 8601 duration, got {value!r}: write {_suggestion(value)}"
            )
        shortest = _TIMEDELTA.validate_python(self.shortest)
        longest = _TIMEDELTA.validate_python(self.longest) if self.longest else timedelta.max
        if duration < shortest:
            limit = _in_unit_of(str(value), shortest)
            raise ValueError(f"must be at least {limit}, got {value}")
        if duration > longest:
            raise ValueError(f"must be at most {_in_unit_of(str(value), longest)}, got {value}")
        return duration


def _parse(value: object) -> timedelta | None:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str) or not value.startswith("P"):
        return None
    try:
        return _TIMEDELTA.validate_python(value)
    except ValidationError:
        return None


def _suggestion(value: object) -> str:
    """Return what was meant, as far as it can be guessed, or an example of each unit."""
    if isinstance(value, int) and value > 0 and not isinstance(value, bool):
        return f"PT{value}S for {value} seconds"
    spoken = _SPOKEN.fullmatch(str(value).strip().lower())
    if spoken is None:
        return "PT90M, PT12H or P10D"
    unit = spoken[2][0].upper()
    return f"P{spoken[1]}D" if unit == "D" else f"PT{spoken[1]}{unit}"


def _in_unit_of(given: str, limit: timedelta) -> str:
    """Return a limit in the last unit of the duration that breaks it, else in the largest."""
    seconds = int(limit.total_seconds())
    for unit in (given[-1], *_UNITS):
        if seconds % _UNITS[unit] == 0:
            amount = f"{seconds // _UNITS[unit]}{unit}"
            return f"P{amount}" if unit in "WD" else f"PT{amount}"
    raise AssertionError(f"{limit} is no number of seconds")
