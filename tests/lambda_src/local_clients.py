"""boto3 clients whose requests the local AWS answers inside the test's process, without a server.

Requests and answers go over boto3's real wire format, and conditions, expressions and preconditions
are evaluated by the local AWS, so a test sees the rules that the deployed stack sees there.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from ministack.services import dynamodb, s3, sqs, ssm

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

_ENDPOINT = "http://127.0.0.1:9"  # never contacted
_SESSION = boto3.Session(
    region_name="us-east-1",
    aws_access_key_id="123456789012",
    aws_secret_access_key="local",
)

Client = TypeVar("Client")


class _Body(io.BytesIO):
    def stream(self, **_options: Any) -> Iterator[bytes]:
        yield self.read()


def _answered_in_process(client: Client, service: ModuleType) -> Client:
    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        url = urlsplit(request.url)
        status, headers, body = asyncio.run(
            service.handle_request(
                request.method,
                url.path,
                _headers(request),
                _bytes(request.body),
                parse_qs(url.query, keep_blank_values=True),
            )
        )
        texts = HTTPHeaders.from_dict({name: str(value) for name, value in headers.items()})
        return AWSResponse(request.url, status, texts, _Body(_bytes(body)))

    events: Any = client.meta.events  # type: ignore[attr-defined]  # every client has it
    events.register("before-send", answer)
    return client


def _headers(request: AWSPreparedRequest) -> dict[str, str]:
    return {
        name.lower(): value.decode() if isinstance(value, bytes) else str(value)
        for name, value in request.headers.items()
    }


def _bytes(body: Any) -> bytes:
    if hasattr(body, "read"):
        body = body.read()
    return body.encode() if isinstance(body, str) else body or b""


@cache
def dynamodb_client() -> DynamoDBClient:
    return _answered_in_process(_SESSION.client("dynamodb", endpoint_url=_ENDPOINT), dynamodb)


@cache
def s3_client() -> S3Client:
    return _answered_in_process(_SESSION.client("s3", endpoint_url=_ENDPOINT), s3)


@cache
def sqs_client() -> SQSClient:
    return _answered_in_process(_SESSION.client("sqs", endpoint_url=_ENDPOINT), sqs)


@cache
def ssm_client() -> SSMClient:
    return _answered_in_process(_SESSION.client("ssm", endpoint_url=_ENDPOINT), ssm)
