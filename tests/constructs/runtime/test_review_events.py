"""What hears of reviews and of uploads: one flow of one stack, and nothing else."""

from functools import cache

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Match, Template

from a2i_constructs import HumanReviewWorkflow, ReviewBuckets, ReviewRuntime, Workteam
from tests.constructs.review_stacks import (
    TEAM_ARN,
    feature_flags,
    new_stack,
    properties,
    tone_template,
)


def new_workflow(stack: Stack) -> HumanReviewWorkflow:
    team = Workteam.from_workteam_arn(stack, "Team", TEAM_ARN)
    return HumanReviewWorkflow(stack, "Tone", template=tone_template(), workteam=team)


@cache
def listening() -> Template:
    stack = new_stack()
    workflow = new_workflow(stack)
    workflow.on_review_started("Started")
    workflow.on_review_finished("Ended")
    workflow.on_review_finished("Completed", statuses=["Completed"])
    workflow.runtime.buckets.on_input_created("Uploads", prefix="texts/")
    return Template.from_stack(stack)


@pytest.mark.parametrize(
    ("detail_type", "detail"),
    [
        ("Human Review Started", {"flow": ["tone"]}),
        ("Human Review Finished", {"flow": ["tone"]}),
        ("Human Review Finished", {"flow": ["tone"], "status": ["Completed"]}),
    ],
)
def test_a_rule_hears_of_one_flow_of_its_own_stack(
    detail_type: str, detail: dict[str, list[str]]
) -> None:
    listening().has_resource_properties(
        "AWS::Events::Rule",
        {
            "EventPattern": {
                "source": ["a2i.review"],
                "detail-type": [detail_type],
                "detail": detail,
                "resources": [{"Ref": "AWS::StackId"}],
            }
        },
    )


def test_rules_listen_and_functions_write_to_the_bus_that_was_passed_in() -> None:
    stack = new_stack()
    bus = events.EventBus(stack, "Reviews")
    ReviewRuntime(stack, "Runtime", event_bus=bus)
    workflow = new_workflow(stack)
    workflow.on_review_started("Started")
    workflow.on_review_finished("Ended")
    name = stack.resolve(bus.event_bus_name)
    template = Template.from_stack(stack)

    of_reviews = [
        rule["Properties"]["EventBusName"]
        for rule in template.find_resources("AWS::Events::Rule").values()
        if rule["Properties"].get("EventPattern", {}).get("source") == ["a2i.review"]
    ]
    assert of_reviews == [name, name]
    environments = [
        function.get("Environment", {}).get("Variables", {})
        for function in properties(template, "AWS::Lambda::Function")
    ]
    written = [each.get("A2I_EVENT_BUS_NAME") for each in environments]
    assert written.count(name) == 2  # starter and results function
    puts = [
        statement["Resource"]
        for policy in template.find_resources("AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Action"] == "events:PutEvents"
    ]
    assert puts == [stack.resolve(bus.event_bus_arn)] * 2


def test_by_default_rules_listen_to_the_default_bus() -> None:
    listening().has_resource_properties(
        "AWS::Events::Rule",
        {"EventPattern": {"source": ["a2i.review"]}, "EventBusName": "default"},
    )


def test_a_status_that_no_review_ends_with_is_refused() -> None:
    workflow = new_workflow(new_stack())
    with pytest.raises(ValueError, match="one of Completed, Failed, Stopped, Expired, got 'Done'"):
        workflow.on_review_finished("Done", statuses=["Done"])


def test_uploads_are_heard_of_below_a_prefix_of_the_input_bucket() -> None:
    listening().has_resource_properties(
        "AWS::Events::Rule",
        {
            "EventPattern": {
                "source": ["aws.s3"],
                "detail-type": ["Object Created"],
                "detail": {
                    "bucket": {
                        "name": [{"Ref": Match.string_like_regexp("^ReviewRuntimeBucketsInput")}]
                    },
                    "object": {"key": [{"prefix": "texts/"}]},
                },
            }
        },
    )
    listening().has_resource_properties(
        "AWS::S3::Bucket",
        {"NotificationConfiguration": {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}},
    )


def test_a_bucket_that_was_passed_in_is_left_as_it_is() -> None:
    stack = Stack(App(context=feature_flags()), "Own")
    bucket = s3.Bucket.from_bucket_name(stack, "Theirs", "pictures")
    buckets = ReviewBuckets(stack, "Buckets", key=kms.Key(stack, "Key"), input_bucket=bucket)
    rule: events.Rule = buckets.on_input_created("Uploads")
    template = Template.from_stack(stack)
    assert not template.find_resources(
        "AWS::S3::Bucket", {"Properties": {"NotificationConfiguration": Match.any_value()}}
    )
    pattern = template.find_resources("AWS::Events::Rule")
    assert [*pattern] == [stack.get_logical_id(_resource(rule))]


def _resource(rule: events.Rule) -> events.CfnRule:
    resource = rule.node.default_child
    assert isinstance(resource, events.CfnRule)
    return resource
