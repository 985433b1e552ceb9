"""WaitingDigest: what the clock may do for it, and where it is refused."""

import json

import pytest
from aws_cdk import Duration, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Template

from a2i_constructs import ReviewBackend, WaitingDigest
from tests.constructs.backends.test_review_backend import stack_with
from tests.constructs.review_stacks import properties


def account_stack() -> Stack:
    return stack_with(ReviewBackend.account())[0]


def test_the_clock_may_publish_to_the_one_topic_with_its_key_and_count_what_waits() -> None:
    stack = account_stack()
    topic = sns.Topic(stack, "Reviewers", master_key=kms.Key(stack, "TopicKey"))
    WaitingDigest(stack, "Digest", topic=topic, interval=Duration.minutes(30))
    made = Template.from_stack(stack)
    [clock] = [
        each["Environment"]["Variables"]
        for each in properties(made, "AWS::Lambda::Function")
        if "A2I_DIGEST_TOPIC_ARN" in each.get("Environment", {}).get("Variables", {})
    ]
    assert clock["A2I_DIGEST_INTERVAL_SECONDS"] == "1800"
    assert "A2I_HUMAN_LOOPS_TABLE" in clock
    statements = [
        statement
        for policy in properties(made, "AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    [publish] = [each for each in statements if each["Action"] == "sns:Publish"]
    [topic_id] = made.find_resources("AWS::SNS::Topic")
    assert publish["Resource"] == {"Ref": topic_id}
    [key_id] = [name for name in made.find_resources("AWS::KMS::Key") if "TopicKey" in name]
    assert [each["Action"] for each in statements if key_id in json.dumps(each)] == [
        ["kms:Decrypt", "kms:GenerateDataKey"]
    ]


def test_it_is_refused_with_a2i_and_outside_its_limits() -> None:
    stack, _ = stack_with(ReviewBackend.a2i())
    topic = sns.Topic(stack, "Reviewers")
    message = "WaitingDigest needs human loops in the account, got backend 'a2i': A2I does not"
    with pytest.raises(ValueError, match=message):
        WaitingDigest(stack, "Digest", topic=topic)
    with pytest.raises(ValueError, match="interval must be at least 5 minutes, got 4 minutes"):
        WaitingDigest(stack, "Often", topic=topic, interval=Duration.minutes(4))
