"""ReviewBuckets: closed, encrypted, kept; readable from the worker portal."""

import json

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Match, Template

from a2i_constructs import ReviewBuckets
from a2i_constructs.flow.flow_definition import RESOURCE_TYPE
from tests.constructs.review_stacks import new_stack, properties, two_flows


def test_buckets_are_closed_encrypted_versioned_and_logged() -> None:
    buckets = properties(two_flows(), "AWS::S3::Bucket")
    assert len(buckets) == 3
    for bucket in buckets:
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        assert bucket["OwnershipControls"] == {
            "Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]
        }
    content = [bucket for bucket in buckets if "LoggingConfiguration" in bucket]
    assert [bucket["LoggingConfiguration"]["LogFilePrefix"] for bucket in content] == [
        "input/",
        "output/",
    ]
    for bucket in content:
        [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"


def test_every_bucket_refuses_plain_http_and_old_tls() -> None:
    policies = properties(two_flows(), "AWS::S3::BucketPolicy")
    assert len(policies) == 3
    for policy in policies:
        denied = [
            statement["Condition"]
            for statement in policy["PolicyDocument"]["Statement"]
            if statement["Effect"] == "Deny"
        ]
        assert {"Bool": {"aws:SecureTransport": "false"}} in denied
        assert {"NumericLessThan": {"s3:TlsVersion": 1.2}} in denied


def test_only_the_input_bucket_answers_other_origins() -> None:
    rules = [
        bucket["CorsConfiguration"]["CorsRules"]
        for bucket in properties(two_flows(), "AWS::S3::Bucket")
        if "CorsConfiguration" in bucket
    ]
    assert rules == [
        [
            {
                "AllowedMethods": ["GET"],
                "AllowedOrigins": ["*"],
                "ExposedHeaders": ["Access-Control-Allow-Origin"],
            }
        ]
    ]


def test_all_are_kept_when_the_stack_goes() -> None:
    buckets = two_flows().find_resources("AWS::S3::Bucket").values()
    assert {bucket["DeletionPolicy"] for bucket in buckets} == {"RetainExceptOnCreate"}


def test_access_logs_come_once_the_flows_are_there() -> None:
    """A bucket that holds logs could not be deleted after a first deployment that fails."""
    resources = two_flows().to_json()["Resources"]
    flows = {name for name, each in resources.items() if each["Type"] == RESOURCE_TYPE}
    [policy] = [
        each
        for name, each in resources.items()
        if each["Type"] == "AWS::S3::BucketPolicy" and "AccessLogs" in name
    ]
    assert "logging.s3.amazonaws.com" in json.dumps(policy)
    assert flows <= set(policy["DependsOn"])


def test_retention_removes_answers_and_kept_requests_but_not_callers_objects() -> None:
    stack = new_stack()
    _buckets(stack, answer_retention=Duration.days(90), removal_policy=RemovalPolicy.DESTROY)
    template = Template.from_stack(stack)
    by_name = {
        name: bucket["Properties"]["LifecycleConfiguration"]["Rules"]
        for name, bucket in template.find_resources("AWS::S3::Bucket").items()
    }
    [output] = [rules for name, rules in by_name.items() if "Output" in name]
    [inputs] = [rules for name, rules in by_name.items() if "Input" in name]
    assert [rule["ExpirationInDays"] for rule in output if "ExpirationInDays" in rule] == [90]
    expiring = [rule for rule in inputs if "ExpirationInDays" in rule]
    assert [(rule["Prefix"], rule["ExpirationInDays"]) for rule in expiring] == [
        ("requests/", 90),
        ("human-loops/", 90),
        ("requests/_incoming/", 30),
    ]


def test_injected_buckets_are_used_and_none_is_made() -> None:
    stack = new_stack()
    inside = s3.Bucket.from_bucket_name(stack, "Inside", "inside")
    outside = s3.Bucket.from_bucket_name(stack, "Outside", "outside")
    buckets = _buckets(stack, input_bucket=inside, output_bucket=outside)
    reader = iam.Role(stack, "Reader", assumed_by=iam.AccountRootPrincipal())
    buckets.grant_read_output(reader, "results/")
    template = Template.from_stack(stack)
    template.resource_count_is("AWS::S3::Bucket", 0)
    template.has_resource_properties(
        "AWS::IAM::Policy",
        {
            "PolicyDocument": {
                "Statement": [
                    Match.object_like({"Action": "s3:GetObject"}),
                    Match.object_like({"Action": "kms:Decrypt"}),
                ]
            }
        },
    )


def test_works_in_apps_without_our_feature_flags() -> None:
    stack = Stack()
    _buckets(stack)
    Template.from_stack(stack).has_resource_properties(
        "AWS::S3::BucketPolicy",
        {
            "PolicyDocument": {
                "Statement": Match.array_with(
                    [Match.object_like({"Principal": {"Service": "logging.s3.amazonaws.com"}})]
                )
            }
        },
    )


def _buckets(stack: Stack, **changes: object) -> ReviewBuckets:
    return ReviewBuckets(stack, "Buckets", key=kms.Key(stack, "Key"), **changes)  # type: ignore[arg-type]
