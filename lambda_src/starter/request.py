"""Review requests as callers send them, checked field by field before anything happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

from a2i_core.canonical_json import (
    MAX_DEPTH,
    MAX_DIGITS,
    canonical_json,
    check_limits,
    sha256_hex,
)
from a2i_shared.documents import Documents, S3Uri
from a2i_shared.errors import DocumentUnreadableError, InvalidRequestError
from a2i_shared.service_errors import code_of, is_transient
from a2i_shared.shown_names import shown

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

INCOMING_PREFIX = "requests/_incoming/"
"""S3 prefix of requests that senders put; what the starter keeps lies elsewhere."""

MAX_REQUEST_BYTES = 6 * 1024 * 1024
"""Lambda's own limit for direct invocations, held for objects in S3 too."""

ReviewId = Annotated[
    str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$")
]


class _Strict(BaseModel):
    model_config = ConfigDict(
        frozen=True, alias_generator=to_camel, populate_by_name=True, extra="forbid", strict=True
    )


class ReviewRequest(_Strict):
    review_id: ReviewId
    """The caller's own key: the same one twice is one review."""
    flow: str | None = None
    """May be left out where the stack has only one flow."""
    input: dict[str, Any]
    """`task.input` of the worker task template."""
    prediction: Any = None
    """Subject of the flow's review policy; without it, every confidence is unknown."""
    task_token: str | None = Field(default=None, min_length=1, max_length=2048)

    def input_digest(self) -> str:
        """SHA-256 of input and prediction, which recognises the same request.

        Raises:
            InvalidRequestError: they are not JSON, or exceed the limits.
        """
        try:
            text = canonical_json({"input": self.input, "prediction": self.prediction})
            check_limits(text, max_depth=MAX_DEPTH + 1)  # one level is our own
        except ValueError:
            raise InvalidRequestError(
                "input and prediction must be JSON that UTF-8 can encode, without NaN or infinity, "
                f"nested at most {MAX_DEPTH} levels deep, with numbers of at most {MAX_DIGITS} "
                "digits"
            ) from None
        return sha256_hex(text)


class RequestReference(_Strict):
    """A request whose content is a JSON object in S3: events and queue messages stay small."""

    review_id: ReviewId
    flow: str | None = None
    request_uri: Annotated[str, StringConstraints(max_length=1500, pattern=r"^[\x20-\x7e]+$")]
    """At most a bucket's name and a key of 1,024 bytes, in printable ASCII."""
    task_token: str | None = Field(default=None, min_length=1, max_length=2048)


def parse_request(payload: Any, documents: Documents, buckets: Sequence[str]) -> ReviewRequest:
    """Read a request, following its `requestUri` into one of the buckets when it has one.

    Raises InvalidRequestError with the name of the wrong field; DocumentNotFoundError when
    `requestUri` leads nowhere.
    """
    if not isinstance(payload, Mapping):
        raise InvalidRequestError(f"a request is a JSON object, got {type(payload).__name__}")
    location = referenced_object(payload, buckets)
    if location is None:
        return _validated(ReviewRequest, payload)
    try:
        kept = documents.read(location, max_bytes=MAX_REQUEST_BYTES)
    except ClientError as error:
        if is_transient(error):
            raise
        raise DocumentUnreadableError(
            f"the object at requestUri cannot be read: {code_of(error)}"
        ) from error
    return _resolved(_validated(RequestReference, payload), kept)


def referenced_object(payload: Any, buckets: Sequence[str]) -> S3Uri | None:
    """S3 URI that a reference names; None for a payload that is no reference.

    Raises:
        InvalidRequestError: the reference is malformed, or leads out of where senders may put
            requests: they must not read through the function's role (confused deputy).
    """
    if not isinstance(payload, Mapping) or "requestUri" not in payload:
        return None
    location = S3Uri.parse(_validated(RequestReference, payload).request_uri)
    if location.bucket not in buckets or not location.key.startswith(INCOMING_PREFIX):
        raise InvalidRequestError(f"requestUri must lie below s3://{buckets[0]}/{INCOMING_PREFIX}")
    return location


def refuse_content(detail: Any) -> None:
    """Events are archived, logged and matched by others' rules: what is reviewed stays out of them.

    Raises InvalidRequestError for the detail of an event that holds more than a reference.
    """
    content = sorted({"input", "prediction"} & detail.keys()) if isinstance(detail, dict) else []
    if content:
        raise InvalidRequestError(
            f"an event names its request by reviewId, flow and requestUri, got {content[0]}: put "
            "the request into the input bucket, and its URI into the event"
        )


def _resolved(reference: RequestReference, kept: Any) -> ReviewRequest:
    if not isinstance(kept, Mapping):
        raise InvalidRequestError("requestUri leads to JSON that is no object")
    named = {"reviewId": reference.review_id, "flow": reference.flow}
    for field, value in named.items():
        if value is not None and kept.get(field, value) != value:
            raise InvalidRequestError(f"{field} differs from the one in the object at requestUri")
    given = {field: value for field, value in named.items() if value is not None}
    if reference.task_token is not None:
        given["taskToken"] = reference.task_token
    return _validated(ReviewRequest, {**kept, **given})


Model = TypeVar("Model", bound=_Strict)


def _validated(model: type[Model], payload: Mapping[str, Any]) -> Model:
    try:
        return model.model_validate(dict(payload))
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        said = "; ".join(_said(fault, model) for fault in faults)
        raise InvalidRequestError(f"invalid request: {said}") from None


def _said(fault: ErrorDetails, model: type[_Strict]) -> str:
    """A fault with the field's name, and never with its value, which is content."""
    field = ".".join(shown(str(part)) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        allowed = ", ".join(to_camel(name) for name in model.model_fields)
        return f"{field}: no such field, allowed are {allowed}"
    return f"{field}: {fault['msg'].lower()}"
