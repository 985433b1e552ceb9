"""boto3 clients whose requests the local AWS answers inside the test's process, without a server.

Requests and answers go over boto3's real wire format, and conditions, expressions and preconditions
are evaluated by the local AWS, so a test sees the rules that the deployed stack sees there.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterator
from functools import cache, partial
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from ministack.services import cognito, dynamodb, s3, sqs, ssm

from a2i_local import protocol
from a2i_local.service import A2IService

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker_a2i_runtime import AugmentedAIRuntimeClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

ACCOUNT = "123456789012"
REGION = "us-east-1"
_ENDPOINT = "http://127.0.0.1:9"  # never contacted
_SESSION = boto3.Session(
    region_name=REGION, aws_access_key_id=ACCOUNT, aws_secret_access_key="local"
)
_ONE_ATTEMPT = Config(retries={"total_max_attempts": 1})  # tests see every fault

Client = TypeVar("Client")


class _Body(io.BytesIO):
    def stream(self, **_options: Any) -> Iterator[bytes]:
        yield self.read()


Answer = tuple[int, dict[str, Any], Any]
Handle = Callable[[str, str, dict[str, str], bytes, dict[str, list[str]]], Answer]


def _answered_in_process(client: Client, handle: Handle) -> Client:
    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        url = urlsplit(request.url)
        query = parse_qs(url.query, keep_blank_values=True)
        body = _bytes(request.body)
        status, headers, body = handle(request.method, url.path, _headers(request), body, query)
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


def _by(service: ModuleType) -> Handle:
    """The handler of one of the local AWS's services."""

    def handle(*request: Any) -> Answer:
        answer: Answer = asyncio.run(service.handle_request(*request))
        return answer

    return handle


@cache
def cognito_client() -> CognitoIdentityProviderClient:
    return _answered_in_process(
        _SESSION.client("cognito-idp", endpoint_url=_ENDPOINT), _by(cognito)
    )


@cache
def dynamodb_client() -> DynamoDBClient:
    return _answered_in_process(_SESSION.client("dynamodb", endpoint_url=_ENDPOINT), _by(dynamodb))


@cache
def s3_client() -> S3Client:
    return _answered_in_process(_SESSION.client("s3", endpoint_url=_ENDPOINT), _by(s3))


@cache
def sqs_client() -> SQSClient:
    return _answered_in_process(_SESSION.client("sqs", endpoint_url=_ENDPOINT), _by(sqs))


@cache
def ssm_client() -> SSMClient:
    return _answered_in_process(_SESSION.client("ssm", endpoint_url=_ENDPOINT), _by(ssm))


def sagemaker_client(a2i: A2IService) -> SageMakerClient:
    client = _SESSION.client("sagemaker", endpoint_url=_ENDPOINT, config=_ONE_ATTEMPT)
    return _answered_in_process(client, _by_a2i(a2i))


def a2i_runtime_client(a2i: A2IService) -> AugmentedAIRuntimeClient:
    return runtime_client_of(_by_a2i(a2i))


def runtime_client_of(handle: Handle) -> AugmentedAIRuntimeClient:
    """A2I's runtime client, whose requests are answered by a handler."""
    client = _SESSION.client("sagemaker-a2i-runtime", endpoint_url=_ENDPOINT, config=_ONE_ATTEMPT)
    return _answered_in_process(client, handle)


def _by_a2i(a2i: A2IService) -> Handle:
    return partial(protocol.handle, a2i, account=ACCOUNT, region=REGION)
