"""Preflight checks of buckets and key: region, CORS, key policy."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from a2i_cli.aws_errors import error_code
from a2i_cli.preflight_checks.findings import Finding, error, ok, warning

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client

_OLD_DEFAULT_REGION = "us-east-1"  # GetBucketLocation answers null for it


def check_bucket_region(s3: "S3Client", bucket: str) -> Iterator[Finding]:
    """A2I reads and writes only buckets of its own region."""
    answer = s3.get_bucket_location(Bucket=bucket)
    location = answer.get("LocationConstraint") or _OLD_DEFAULT_REGION
    region = s3.meta.region_name
    if location == region:
        yield ok("bucket region", f"{bucket} is in {region}")
    else:
        yield error(
            "bucket region",
            f"{bucket} is in {location}, the reviews are in {region}",
            "use a bucket in the region of the flow definition",
        )


def check_cors(s3: "S3Client", bucket: str) -> Iterator[Finding]:
    """The worker portal's pages fetch images from the input bucket by cross-origin GET."""
    rules = _cors_rules(s3, bucket)
    if any("GET" in rule["AllowedMethods"] and rule["AllowedOrigins"] for rule in rules):
        yield ok("bucket CORS", f"{bucket} allows GET from other origins")
    else:
        yield error(
            "bucket CORS",
            f"{bucket} has no CORS rule that allows GET, so image tasks fail in the portal",
            'add {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}; ReviewBuckets does so',
        )


def check_key(kms: "KMSClient", key_arn: str, *, has_events: bool) -> Iterator[Finding]:
    """Grants of the stack work on a key that exists only if its policy leaves access to IAM.

    has_events: whether events start reviews; EventBridge has no role, so the policy must name it.
    """
    region = kms.meta.region_name
    if f":{region}:" not in key_arn:
        yield error(
            "key", f"{key_arn} is not in {region}", "name a key of the region in a2i.data.kmsKeyArn"
        )
        return
    key = kms.describe_key(KeyId=key_arn)["KeyMetadata"]
    if key.get("KeyState") != "Enabled" or key.get("KeySpec") != "SYMMETRIC_DEFAULT":
        yield error(
            "key",
            f"{key_arn} is {key.get('KeyState')} and of kind {key.get('KeySpec')}",
            "name a symmetric key that is enabled in a2i.data.kmsKeyArn",
        )
        return
    policy = json.loads(kms.get_key_policy(KeyId=key_arn, PolicyName="default")["Policy"])
    if _leaves_access_to_iam(policy, key["Arn"].split(":")[4]):
        yield ok("key policy", f"{key_arn} leaves access to IAM")
    else:
        yield warning(
            "key policy",
            f"{key_arn} does not leave access to IAM, so grants of the stack have no effect",
            "allow kms:Decrypt, kms:DescribeKey, kms:Encrypt, kms:GenerateDataKey* and"
            " kms:ReEncrypt* to the stack's roles in the key policy",
        )
    if has_events:
        yield _check_events(policy, key_arn)


def _check_events(policy: dict[str, Any], key_arn: str) -> Finding:
    if _lets_eventbridge_in(policy):
        return ok("key for events", f"{key_arn} lets EventBridge send to encrypted queues")
    return error(
        "key for events",
        f"{key_arn} keeps EventBridge out, so events cannot reach the starter's queue",
        "allow kms:Decrypt and kms:GenerateDataKey to events.amazonaws.com in the key policy, or"
        " empty a2i.requests.eventSources",
    )


def _cors_rules(s3: "S3Client", bucket: str) -> list[Any]:
    try:
        return list(s3.get_bucket_cors(Bucket=bucket)["CORSRules"])
    except ClientError as refused:
        if error_code(refused) == "NoSuchCORSConfiguration":
            return []
        raise


def _leaves_access_to_iam(policy: dict[str, Any], account: str) -> bool:
    """Return whether some statement allows every action to the account as a whole."""
    return any(
        statement.get("Effect") == "Allow"
        and "kms:*" in _as_list(statement.get("Action"))
        and any(
            principal == account or principal.endswith(f":{account}:root")
            for principal in _as_list(statement.get("Principal", {}).get("AWS"))
        )
        for statement in _as_list(policy.get("Statement"))
        if isinstance(statement.get("Principal"), dict)
    )


def _lets_eventbridge_in(policy: dict[str, Any]) -> bool:
    needed = ("kms:Decrypt", "kms:GenerateDataKey")
    allowed = {
        action
        for statement in _as_list(policy.get("Statement"))
        if statement.get("Effect") == "Allow" and isinstance(statement.get("Principal"), dict)
        if "events.amazonaws.com" in _as_list(statement["Principal"].get("Service"))
        for action in _as_list(statement.get("Action"))
    }
    return all(any(fnmatchcase(action, pattern) for pattern in allowed) for action in needed)


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
