"""How content is read that was encrypted before the stack's key was changed."""

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from a2i_constructs.functions import permissions


def every_key(scope: Construct) -> str:
    """Any key of the account; a token."""
    return Stack.of(scope).format_arn(service="kms", resource="key", resource_name="*")


def former_keys_statement(
    scope: Construct, *, service: str, arns: Sequence[str]
) -> iam.PolicyStatement:
    """Allow to decrypt what these hold, through their service alone, whatever key it has.

    Another key encrypts what is written from then on. What reviews that are pending need was
    written before, with a key that the template no longer knows. S3 and SQS name bucket or queue in
    the encryption context, which no other resource's content has.
    """
    stack = Stack.of(scope)
    return iam.PolicyStatement(
        actions=permissions.DECRYPT,
        resources=[every_key(scope)],
        conditions={
            "StringEquals": {"kms:ViaService": f"{service}.{stack.region}.{stack.url_suffix}"},
            "StringLike": {f"kms:EncryptionContext:aws:{service}:arn": [*arns]},
        },
    )
