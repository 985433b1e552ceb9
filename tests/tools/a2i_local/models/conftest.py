"""boto3 clients whose requests go straight into a handler, without a socket."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config

from a2i_local.models.wire import Request, Response

ACCOUNT = "123456789012"
REGION = "us-east-1"
IMAGES = Path(__file__).parents[4] / "examples" / "object_detection" / "images"

Handle = Callable[[Request], Response]
ClientFactory = Callable[[str, Handle], Any]


class _Body:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *_: object, **__: object) -> list[bytes]:
        return [self._body]

    def read(self, *_: object) -> bytes:
        body, self._body = self._body, b""
        return body


@pytest.fixture
def client() -> ClientFactory:
    """Make a boto3 client of a service that is answered by a handler."""

    def make(service: str, handle: Handle) -> Any:
        boto: Any = boto3  # the stubs know each service by a literal name
        made = boto.client(
            service,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
        )

        def send(request: AWSPreparedRequest, **_: object) -> AWSResponse:
            status, headers, body = handle(_as_request(request))
            return AWSResponse(request.url, status, HTTPHeaders.from_dict(headers), _Body(body))

        made.meta.events.register("before-send", send)
        return made

    return make


@pytest.fixture
def image() -> Callable[[str], bytes]:
    """Read one of the sample images by name."""
    return lambda name: (IMAGES / f"{name}.jpg").read_bytes()


def _as_request(prepared: AWSPreparedRequest) -> Request:
    return Request(
        method=prepared.method,
        path=urlsplit(prepared.url).path,
        headers={
            name.lower(): value.decode() if isinstance(value, bytes) else value
            for name, value in prepared.headers.items()
        },
        body=_as_bytes(prepared.body),
        query={},
        account=ACCOUNT,
        region=REGION,
    )


def _as_bytes(body: Any) -> bytes:
    if body is None:
        return b""
    content = body.read() if hasattr(body, "read") else body
    return content.encode() if isinstance(content, str) else bytes(content)
