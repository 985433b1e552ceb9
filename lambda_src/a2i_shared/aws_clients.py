"""AWS clients with time limits, made when first used and kept for the execution environment.

boto3's own defaults (60 s, no cap on the wait for a connection) outlast the functions themselves.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import botocore
from botocore.config import Config

if TYPE_CHECKING:
    from botocore.awsrequest import AWSRequest
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker_a2i_runtime import AugmentedAIRuntimeClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_sts import STSClient
    from mypy_boto3_sts.type_defs import CredentialsTypeDef

_USER_AGENT = f"a2i-review Botocore/{botocore.__version__}"
"""Left alone, botocore composes its own anew for each call, which is a tenth of the call's work."""


_CONNECT_SECONDS = 3
_READ_SECONDS = 10
LONGEST_ATTEMPT_SECONDS = _CONNECT_SECONDS + _READ_SECONDS
"""Longest time that one attempt at a call takes, when the service hangs."""


def _config(*, attempts: int = 4, read_timeout: int = _READ_SECONDS) -> Config:
    return Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=20,  # a batch's records are started at the same time
        user_agent=_USER_AGENT,
    )


@cache
def a2i_runtime() -> AugmentedAIRuntimeClient:
    return boto3.client("sagemaker-a2i-runtime", config=_config())


@cache
def a2i_runtime_single_attempt() -> AugmentedAIRuntimeClient:
    """For a caller that repeats by itself, within its remaining time."""
    return boto3.client("sagemaker-a2i-runtime", config=_config(attempts=1))


@cache
def cloudformation() -> CloudFormationClient:
    return boto3.client("cloudformation", config=_config())


@cache
def cognito() -> CognitoIdentityProviderClient:
    return boto3.client("cognito-idp", config=_config())


@cache
def dynamodb() -> DynamoDBClient:
    return boto3.client("dynamodb", config=_config())


@cache
def eventbridge() -> EventBridgeClient:
    return boto3.client("events", config=_config())


@cache
def lambda_() -> LambdaClient:
    """Waits as long as the functions that it invokes may run."""
    return boto3.client("lambda", config=_config(read_timeout=70))


@cache
def s3() -> S3Client:
    client = boto3.client("s3", config=_config())
    client.meta.events.register("before-sign.s3.PutObject", _send_at_once)
    return client


def s3_of(credentials: CredentialsTypeDef) -> S3Client:
    """A client with the permissions of a role; its presigned links open encrypted objects, too."""
    return boto3.client(
        "s3",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        config=_config().merge(Config(signature_version="s3v4")),
    )


def _send_at_once(request: AWSRequest, **_: Any) -> None:
    """Spare a round trip: botocore would ask S3 first whether it takes the body."""
    del request.headers["Expect"]


@cache
def sagemaker() -> SageMakerClient:
    return boto3.client("sagemaker", config=_config(attempts=8))


@cache
def secretsmanager() -> SecretsManagerClient:
    return boto3.client("secretsmanager", config=_config())


@cache
def sns() -> Any:
    """Without types: one call is made, and its stubs are not among the development packages."""
    return boto3.client("sns", config=_config())


@cache
def sqs() -> SQSClient:
    return boto3.client("sqs", config=_config())


@cache
def ssm() -> SSMClient:
    return boto3.client("ssm", config=_config())


@cache
def stepfunctions() -> SFNClient:
    return boto3.client("stepfunctions", config=_config())


@cache
def sts() -> STSClient:
    return boto3.client("sts", config=_config())
