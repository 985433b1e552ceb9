"""boto3 clients whose requests the local AWS answers inside the test's process, without a server.

Requests and answers go over boto3's real wire format, and conditions, expressions and preconditions
are evaluated by the local AWS, so a test sees the rules that the deployed stack sees there.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from ministack.services import dynamodb, s3, sqs, ssm

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

REGION = "us-east-1"
_LOGIN = {
    "region_name": REGION,
    "endpoint_url": "http://127.0.0.1:9",  # never contacted
    "aws_access_key_id": "123456789012",
    "aws_secret_access_key": "local",
}


class _Body(io.BytesIO):
    def stream(self, **_options: Any) -> Iterator[bytes]:
        yield self.read()


def _answered_in_process(client: Any, service: ModuleType) -> Any:
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
        texts = {name: str(value) for name, value in headers.items()}
        return AWSResponse(request.url, status, texts, _Body(_bytes(body)))

    client.meta.events.register("before-send", answer)
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


def dynamodb_client() -> DynamoDBClient:
    client: DynamoDBClient = _answered_in_process(boto3.client("dynamodb", **_LOGIN), dynamodb)
    return client


def s3_client() -> S3Client:
    client: S3Client = _answered_in_process(boto3.client("s3", **_LOGIN), s3)
    return client


def sqs_client() -> SQSClient:
    client: SQSClient = _answered_in_process(boto3.client("sqs", **_LOGIN), sqs)
    return client


def ssm_client() -> SSMClient:
    client: SSMClient = _answered_in_process(boto3.client("ssm", **_LOGIN), ssm)
    return client
