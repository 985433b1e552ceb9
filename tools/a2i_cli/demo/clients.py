"""boto3 clients, for the local AWS from the environment that it hands out."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient


class Clients:
    """The clients that the demonstration uses, made on first use."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        """Take credentials, region and endpoint from `environment`, by default the process's."""
        self._environment = environment or {}
        self._session = boto3.Session(
            aws_access_key_id=self._environment.get("AWS_ACCESS_KEY_ID"),
            aws_secret_access_key=self._environment.get("AWS_SECRET_ACCESS_KEY"),
            region_name=self._environment.get("AWS_REGION"),
        )

    @cached_property
    def lambda_(self) -> "LambdaClient":
        """AWS Lambda."""
        return self._session.client("lambda", endpoint_url=self._url, verify=self._ca)

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        """Amazon DynamoDB."""
        return self._session.client("dynamodb", endpoint_url=self._url, verify=self._ca)

    @cached_property
    def s3(self) -> "S3Client":
        """Amazon S3."""
        return self._session.client("s3", endpoint_url=self._url, verify=self._ca)

    @cached_property
    def sqs(self) -> "SQSClient":
        """Amazon SQS."""
        return self._session.client("sqs", endpoint_url=self._url, verify=self._ca)

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        """AWS CloudFormation."""
        return self._session.client("cloudformation", endpoint_url=self._url, verify=self._ca)

    def stack_outputs(self, stack_name: str) -> dict[str, str]:
        """Return the outputs of a deployed stack by name."""
        stack = self.cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    @property
    def _url(self) -> str | None:
        return self._environment.get("AWS_ENDPOINT_URL")

    @property
    def _ca(self) -> str | None:
        return self._environment.get("AWS_CA_BUNDLE")
