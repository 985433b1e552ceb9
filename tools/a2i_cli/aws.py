"""AWS clients of the commands, made on first use."""

import os
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import typer

from a2i_cli.failures import CommandError

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudtrail import CloudTrailClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker_a2i_runtime import AugmentedAIRuntimeClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_sts import STSClient

_ATTEMPTS = 8
_ATTEMPTS_TO_CONNECT = 3


class AwsClients:
    """Clients of one command for the caller's AWS, or for one local AWS.

    boto3 is imported with the first client, so that commands that need none start quickly.
    A test passes an object of its own as `obj` of the command line.

    Args:
        environment: `LocalAws.environment`. Default: the process's environment and AWS files.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = environment or {}
        self._address: Any = {}
        if environment is not None:
            self._address["endpoint_url"] = environment["AWS_ENDPOINT_URL"]
            self._address["verify"] = environment["AWS_CA_BUNDLE"]

    @cached_property
    def session(self) -> "boto3.Session":
        """Credentials and region as boto3 finds them, AWS_REGION too; patient when throttled."""
        _check_endpoint()
        import boto3  # noqa: PLC0415 -- takes half a second, which `a2i --help` should not
        import botocore.session  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415

        core = botocore.session.get_session()
        core.set_default_client_config(
            Config(retries={"mode": "standard", "total_max_attempts": _ATTEMPTS})
        )
        core.register("needs-retry", _give_up_unreachable)
        return boto3.Session(
            aws_access_key_id=self._environment.get("AWS_ACCESS_KEY_ID"),
            aws_secret_access_key=self._environment.get("AWS_SECRET_ACCESS_KEY"),
            region_name=(self._environment or os.environ).get("AWS_REGION"),
            botocore_session=core,
        )

    @cached_property
    def a2i(self) -> "AugmentedAIRuntimeClient":
        return self.session.client("sagemaker-a2i-runtime", **self._address)

    @cached_property
    def sagemaker(self) -> "SageMakerClient":
        return self.session.client("sagemaker", **self._address)

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        return self.session.client("cloudformation", **self._address)

    @cached_property
    def cloudwatch(self) -> "CloudWatchClient":
        return self.session.client("cloudwatch", **self._address)

    @cached_property
    def cognito(self) -> "CognitoIdentityProviderClient":
        return self.session.client("cognito-idp", **self._address)

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        return self.session.client("dynamodb", **self._address)

    @cached_property
    def cloudtrail(self) -> "CloudTrailClient":
        """AWS CloudTrail."""
        return self.session.client("cloudtrail", **self._address)

    @cached_property
    def events(self) -> "EventBridgeClient":
        """Amazon EventBridge."""
        return self.session.client("events", **self._address)

    @cached_property
    def iam(self) -> "IAMClient":
        """AWS Identity and Access Management."""
        return self.session.client("iam", **self._address)

    @cached_property
    def kms(self) -> "KMSClient":
        return self.session.client("kms", **self._address)

    @cached_property
    def lambda_(self) -> "LambdaClient":
        return self.session.client("lambda", **self._address)

    @cached_property
    def s3(self) -> "S3Client":
        return self.session.client("s3", **self._address)

    @cached_property
    def sqs(self) -> "SQSClient":
        return self.session.client("sqs", **self._address)

    @cached_property
    def ssm(self) -> "SSMClient":
        return self.session.client("ssm", **self._address)

    @cached_property
    def sts(self) -> "STSClient":
        return self.session.client("sts", **self._address)

    def client(self, service: str, *, endpoint_url: str | None = None) -> Any:
        """Return a client of any service, perhaps at another address; the properties have types."""
        make_client: Any = self.session.client  # its overloads want literal names
        address = {"endpoint_url": endpoint_url} if endpoint_url else {}
        return make_client(service, **{**self._address, **address})


def _check_endpoint() -> None:
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if endpoint and not endpoint.startswith(("http://", "https://")):
        raise CommandError(
            f"AWS_ENDPOINT_URL is {endpoint!r}, not a URL such as https://127.0.0.1:4566: correct"
            " it, or unset it for AWS itself"
        )


def _give_up_unreachable(**event: Any) -> None:
    """Stop retrying unreachable endpoints: the retries are for throttling, not for a wrong URL."""
    from botocore.exceptions import EndpointConnectionError, SSLError  # noqa: PLC0415 -- as above

    error = event.get("caught_exception")
    unreachable = isinstance(error, EndpointConnectionError | SSLError)
    if error is not None and unreachable and event["attempts"] >= _ATTEMPTS_TO_CONNECT:
        raise error


def clients_of(context: typer.Context) -> AwsClients:
    """Return the clients of this command line: those passed in as its `obj`, else new ones."""
    found = context.find_object(AwsClients)
    if found is None:
        found = context.obj = AwsClients()
    return found
