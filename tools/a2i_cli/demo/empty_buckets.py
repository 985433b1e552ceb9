"""`python -m a2i_cli.demo.empty_buckets STACK`: deletes all objects in the buckets of a stack.

CloudFormation deletes no bucket that holds something, and the buckets are versioned, so that
deleting objects alone leaves their versions behind.
"""

from typing import TYPE_CHECKING, Annotated

import boto3
import typer

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef


def empty_buckets(cloudformation: "CloudFormationClient", s3: "S3Client", stack: str) -> int:
    """Delete all versions of all objects in the stack's buckets; return how many there were."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    resources = (resource for page in pages for resource in page["StackResourceSummaries"])
    buckets = [
        resource["PhysicalResourceId"]
        for resource in resources
        if resource["ResourceType"] == "AWS::S3::Bucket"
    ]
    return sum(_empty(s3, bucket) for bucket in buckets)


def _empty(s3: "S3Client", bucket: str) -> int:
    deleted = 0
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        versions = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        found: list[ObjectIdentifierTypeDef] = [
            {"Key": version["Key"], "VersionId": version["VersionId"]} for version in versions
        ]
        if found:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": found, "Quiet": True})
        deleted += len(found)
    return deleted


def main(stack: Annotated[str, typer.Argument(help="the stack's name")]) -> None:
    """Empty the buckets of a stack, with the caller's credentials."""
    deleted = empty_buckets(boto3.client("cloudformation"), boto3.client("s3"), stack)
    typer.echo(f"deleted {deleted} object versions from the buckets of {stack}")


if __name__ == "__main__":
    typer.run(main)
