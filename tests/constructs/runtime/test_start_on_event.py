"""HumanLoopStarter.start_on_event: which events become requests, and who may bring them."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from a2i_constructs import ReviewBuckets, ReviewLedger, ReviewRuntime
from a2i_constructs.runtime.human_loop_starter import HumanLoopStarter
from tests.constructs.review_stacks import (
    flow_parts,
    new_stack,
    properties,
)

ORDERS = events.EventPattern(source=["shop.orders"], detail_type=["Human Review Requested"])
UPLOADS = events.EventPattern(source=["aws.s3"], detail_type=["Object Created"])
KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f"


@cache
def template() -> Template:
    """Two ways in: by a detail that is a reference, and by an upload."""
    stack = new_stack()
    starter = ReviewRuntime.of(stack).starter
    starter.start_on_event("Orders", event_pattern=ORDERS)
    bucket = events.EventField.from_path("$.detail.bucket.name")
    key = events.EventField.from_path("$.detail.object.key")
    starter.start_on_event(
        "Uploads",
        event_pattern=UPLOADS,
        event_bus=events.EventBus(stack, "Bus"),
        request={"reviewId": key, "requestUri": f"s3://{bucket}/{key}", "flow": "tone"},
    )
    return Template.from_stack(stack)


def test_the_queue_gets_the_event_and_the_other_queue_what_cannot_be_delivered() -> None:
    [target] = _rule("Orders")["Targets"]
    assert _logical_id(target["Arn"]).startswith("ReviewRuntimeStarterQueue")
    assert _logical_id(target["DeadLetterConfig"]["Arn"]).startswith(
        "ReviewRuntimeStarterDeadLetterQueue"
    )
    assert not {"Input", "InputPath", "InputTransformer"} & set(target)


def test_a_request_is_made_of_fields_of_another_kind_of_event() -> None:
    [target] = _rule("Uploads")["Targets"]
    assert target["InputTransformer"] == {
        "InputPathsMap": {
            "detail-bucket-name": "$.detail.bucket.name",
            "detail-object-key": "$.detail.object.key",
        },
        "InputTemplate": (
            '{"reviewId":<detail-object-key>,'
            '"requestUri":"s3://<detail-bucket-name>/<detail-object-key>","flow":"tone"}'
        ),
    }


def test_the_rules_listen_where_they_are_told() -> None:
    assert _rule("Orders")["EventBusName"] == "default"
    assert _logical_id(_rule("Uploads")["EventBusName"]).startswith("Bus")


def test_each_queue_takes_messages_of_these_rules_alone() -> None:
    for policy in properties(template(), "AWS::SQS::QueuePolicy"):
        statements = _events_statements(policy["PolicyDocument"])
        if "FailedEvents" in json.dumps(policy["Queues"]):
            assert statements == []
            continue
        assert [statement["Action"] for statement in statements] == ["sqs:SendMessage"] * 2
        rules = [
            _logical_id(each["Condition"]["ArnEquals"]["aws:SourceArn"]) for each in statements
        ]
        assert [rule[: len("ReviewRuntimeStarterOrders")] for rule in rules] == [
            "ReviewRuntimeStarterOrders",
            "ReviewRuntimeStarterUpload",
        ]


def test_the_key_is_used_for_these_rules_alone() -> None:
    [key] = properties(template(), "AWS::KMS::Key")
    statements = _events_statements(key["KeyPolicy"])
    assert len(statements) == 2
    for statement, name in zip(statements, ("Orders", "Uploads"), strict=True):
        assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
        assert statement["Condition"]["StringEquals"] == {
            "aws:SourceAccount": {"Ref": "AWS::AccountId"}
        }
        rule_name = _rule(name)["Name"]
        arns = [_text(arn) for arn in statement["Condition"]["ArnLike"]["aws:SourceArn"]]
        assert [arn.partition(":rule/")[2] for arn in arns] == [rule_name, f"*/{rule_name}"]


def test_names_of_rules_tell_stacks_apart() -> None:
    assert _rule("Orders")["Name"].startswith("Review-ReviewRuntime-Starter-Orders-")


def test_a_key_that_is_passed_in_is_left_alone() -> None:
    stack = new_stack()
    key = kms.Key.from_key_arn(stack, "Key", KEY_ARN)
    starter = HumanLoopStarter(
        stack,
        "Starter",
        buckets=ReviewBuckets(stack, "Buckets", key=key),
        ledger=ReviewLedger(stack, "Ledger", key=key),
    )
    starter.start_on_event("Orders", event_pattern=ORDERS)
    Template.from_stack(stack).resource_count_is("AWS::KMS::Key", 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"event_pattern": events.EventPattern(source=["shop", "a2i.review"])},
            "event_pattern must not have source 'a2i.review': the starter's own events",
        ),
        (
            {"event_pattern": events.EventPattern(detail_type=["Order Placed"])},
            "event_pattern must name its sources as plain text, got None",
        ),
        (
            {"event_pattern": events.EventPattern(source=events.Match.prefix("a2i"))},
            "event_pattern must name its sources as plain text, got",
        ),
        (
            {"event_pattern": ORDERS, "request": {"reviewId": "x", "input": "y"}},
            r"request must have reviewId and requestUri, .* got \['input', 'reviewId'\]",
        ),
    ],
)
def test_fails_for_what_cannot_work(arguments: dict[str, Any], message: str) -> None:
    parts = flow_parts()
    ledger = ReviewLedger(new_stack(), "Ledger", key=parts.buckets.key)
    starter = HumanLoopStarter(ledger, "Starter", buckets=parts.buckets, ledger=ledger)
    with pytest.raises(ValueError, match=message):
        starter.start_on_event("Wrong", **arguments)


def _rule(name: str) -> Mapping[str, Any]:
    rules = template().find_resources("AWS::Events::Rule")
    [found] = [rule for key, rule in rules.items() if key.startswith(f"ReviewRuntimeStarter{name}")]
    properties_of_rule: Mapping[str, Any] = found["Properties"]
    return properties_of_rule


def _events_statements(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        statement
        for statement in document["Statement"]
        if statement["Principal"] == {"Service": "events.amazonaws.com"}
    ]


def _logical_id(value: Mapping[str, Any]) -> str:
    match value:
        case {"Fn::GetAtt": [name, _]} | {"Ref": name}:
            return str(name)
    raise AssertionError(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "".join(map(str, value["Fn::Join"][1]))
