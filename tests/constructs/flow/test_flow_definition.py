"""FlowDefinition: what it refuses at synth, what it deploys, what it grants."""

from typing import Any

import pytest
from aws_cdk import CfnParameter, Duration, Tags
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Match, Template

from a2i_constructs import FlowDefinition
from a2i_constructs.flow.flow_definition import RESOURCE_TYPE
from tests.constructs.review_stacks import TEAM_ARN, FlowParts, flow_parts, new_stack, properties

IMPORTED_ARN = "arn:aws:sagemaker:eu-west-1:111122223333:flow-definition/elsewhere"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"task_title": ""}, "task_title must have 1 to 128 characters, got 0"),
        ({"task_title": "t" * 129}, "task_title must have 1 to 128 characters, got 129"),
        ({"task_description": ""}, "task_description must have 1 to 255 characters, got 0"),
        (
            {"task_description": "d" * 256},
            "must have 1 to 255 characters, got 256",
        ),
        ({"task_description": "a\nb"}, r"task_description must be a single line, got 'a\\nb'"),
        ({"task_count": 0}, "task_count must be between 1 and 3, got 0"),
        ({"task_count": 4}, "task_count must be between 1 and 3, got 4"),
        (
            {"task_time_limit": Duration.seconds(29)},
            "task_time_limit must be at least 30 seconds, got 29 seconds",
        ),
        (
            {"task_availability": Duration.seconds(0)},
            "task_availability must be at least 1 second, got 0 seconds",
        ),
        (
            {"task_keywords": ["a", "b", "c", "d", "e", "f"]},
            "task_keywords must have at most 5 keywords, got 6",
        ),
        ({"task_keywords": ["two  spaces"]}, "task_keywords must be 1 to 30 letters and digits"),
        ({"task_keywords": ["under_score"]}, "got 'under_score'"),
        ({"task_keywords": ["k" * 31]}, "task_keywords must be 1 to 30"),
        ({"task_keywords": [""]}, "task_keywords must be 1 to 30"),
        ({"max_declines": 0}, "max_declines must be between 1 and 100, got 0"),
        (
            {"time_extension": Duration.seconds(59)},
            "time_extension must be at least 1 minute, got 59 seconds",
        ),
        ({"max_time_extensions": 2}, "max_time_extensions needs a time_extension, got 2 and none"),
        (
            {"time_extension": Duration.minutes(1), "max_time_extensions": 11},
            "max_time_extensions must be between 1 and 10, got 11",
        ),
        (
            {"answer_grace_period": Duration.minutes(11)},
            "answer_grace_period must be at most 10 minutes, got 11 minutes",
        ),
        (
            {"own_answers_shown_for": Duration.days(31)},
            "own_answers_shown_for must be at most 30 days, got 31 days",
        ),
        ({"review_title": ""}, "review_title must have 1 to 255 characters, got 0"),
        (
            {"review_title": "{{ task.input.a }}{% if %}"},
            r"review_title cannot be '.*': this is not Liquid",
        ),
        ({"review_title": "{{ task.input.a | shout }}"}, "A2I has no filter 'shout'"),
        ({"review_title": "{{ review.id }}"}, "nothing defines 'review.id'"),
        ({"review_title": "A review"}, "review_title must read task.input, got 'A review'"),
        (
            {"review_title": "{{ task.input.a }}"},
            "review_title needs human loops in the account, got backend 'a2i'",
        ),
        (
            {"max_declines": 1},
            "max_declines needs human loops in the account, got backend 'a2i': A2I has nothing",
        ),
        ({"flow_name": "Tone"}, "flow_name must be lower case letters, digits and inner hyphens"),
        ({"flow_name": "tone-"}, "got 'tone-'"),
        ({"flow_name": "t" * 41}, "flow_name must have 1 to 40 characters, got 41"),
    ],
)
def test_fails_outside_the_limits_of_the_service(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        flow_parts().flow(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"task_title": "t", "task_description": "d"},
        {"task_title": "t" * 128, "task_description": "d" * 255},
        {"task_count": 1},
        {"task_count": 3},
        {"task_time_limit": Duration.seconds(30), "task_availability": Duration.seconds(1)},
        {"task_keywords": ["k" * 30, "two words", "3", "D", "e"]},
        {"flow_name": "t" * 40},
        {"flow_name": "a--b"},
    ],
)
def test_accepts_the_limits_themselves(changes: dict[str, Any]) -> None:
    flow = flow_parts().flow(**changes)
    assert flow.flow_name == changes.get("flow_name", "tone")


def test_takes_values_that_are_known_at_deploy_time_only() -> None:
    parts = FlowParts.make()
    title = CfnParameter(parts.stack, "Title").value_as_string
    seconds = CfnParameter(parts.stack, "Seconds", type="Number").value_as_number
    parts.flow(task_title=title, task_time_limit=Duration.seconds(seconds))

    [flow] = properties(Template.from_stack(parts.stack), "Custom::A2IFlowDefinition")
    assert flow["HumanLoopConfig"]["TaskTitle"] == {"Ref": "Title"}
    assert flow["HumanLoopConfig"]["TaskTimeLimitInSeconds"] == {"Ref": "Seconds"}


def test_deploys_what_the_service_calls_it() -> None:
    parts = FlowParts.make()
    parts.flow(
        task_count=2,
        task_availability=Duration.days(2),
        task_time_limit=Duration.minutes(10),
        task_keywords=["text"],
        tags={"team": "claims"},
    )
    Template.from_stack(parts.stack).has_resource_properties(
        "Custom::A2IFlowDefinition",
        {
            "FlowName": "tone",
            "ServiceTimeout": "3600",
            "OutputConfig": {
                "S3OutputPath": {
                    "Fn::Join": ["", ["s3://", {"Ref": Match.any_value()}, "/reviews/"]]
                },
                "KmsKeyId": {"Fn::GetAtt": [Match.any_value(), "Arn"]},
            },
            "HumanLoopConfig": {
                "WorkteamArn": TEAM_ARN,
                "HumanTaskUiArn": {"Fn::GetAtt": [Match.any_value(), "HumanTaskUiArn"]},
                "TaskTitle": "How does it sound?",
                "TaskDescription": "Read the text and choose",
                "TaskCount": 2,
                "TaskAvailabilityLifetimeInSeconds": 172800,
                "TaskTimeLimitInSeconds": 600,
                "TaskKeywords": ["text"],
            },
            "Tags": [{"Key": "team", "Value": "claims"}],
        },
    )


def test_tags_of_every_scope_around_it_reach_it() -> None:
    parts = FlowParts.make()
    flow = parts.flow(tags={"owner": "ada"})
    Tags.of(parts.stack).add("stage", "test")
    Tags.of(parts.stack).add("owner", "stack")
    Tags.of(parts.stack).add("secret", "yes", exclude_resource_types=[RESOURCE_TYPE])
    Tags.of(flow).add("cost", "42")

    [deployed] = properties(Template.from_stack(parts.stack), RESOURCE_TYPE)

    tags = {tag["Key"]: tag["Value"] for tag in deployed["Tags"]}
    assert tags == {"owner": "ada", "stage": "test", "cost": "42"}


def test_leaves_out_what_is_not_set() -> None:
    parts = FlowParts.make()
    parts.flow()
    [flow] = properties(Template.from_stack(parts.stack), "Custom::A2IFlowDefinition")
    assert "Tags" not in flow
    assert "TaskKeywords" not in flow["HumanLoopConfig"]
    assert "TaskAvailabilityLifetimeInSeconds" not in flow["HumanLoopConfig"]
    assert flow["HumanLoopConfig"]["TaskTimeLimitInSeconds"] == 3600


def test_it_is_created_after_its_role_may_work() -> None:
    parts = FlowParts.make()
    parts.buckets.grant_run_flows(parts.role)
    parts.flow()
    template = Template.from_stack(parts.stack)
    [flow] = template.find_resources("Custom::A2IFlowDefinition").values()
    policies = template.find_resources("AWS::IAM::Policy")
    assert [name for name in flow["DependsOn"] if name in policies and "FlowRole" in name]


def test_passes_only_the_roles_it_was_told_of() -> None:
    parts = FlowParts.make()
    role = iam.Role.from_role_arn(
        parts.stack, "Injected", "arn:aws:iam::111122223333:role/review", mutable=False
    )
    parts.flow(role=role)
    template = Template.from_stack(parts.stack)
    template.has_resource_properties(
        "AWS::IAM::Policy",
        {
            "PolicyDocument": {
                "Statement": Match.array_with(
                    [
                        {
                            "Action": "iam:PassRole",
                            "Condition": {
                                "StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}
                            },
                            "Effect": "Allow",
                            "Resource": "arn:aws:iam::111122223333:role/review",
                        }
                    ]
                )
            }
        },
    )


def test_events_cover_replaced_definitions_of_the_same_flow() -> None:
    parts = FlowParts.make()
    parts.flow().on_human_loop_failed("Failed")
    [rule] = properties(Template.from_stack(parts.stack), "AWS::Events::Rule")
    assert rule["EventPattern"]["source"] == ["aws.sagemaker"]
    assert rule["EventPattern"]["detail"]["humanLoopStatus"] == ["Failed"]
    [matcher] = rule["EventPattern"]["detail"]["flowDefinitionArn"]
    [_, pieces] = matcher["wildcard"]["Fn::Join"]
    assert pieces[-3].endswith(":flow-definition/tone-")
    assert pieces[-1] == "-*"


def test_an_imported_one_grants_and_has_events_too() -> None:
    stack = new_stack()
    flow = FlowDefinition.from_flow_definition_arn(stack, "Imported", IMPORTED_ARN)
    caller = iam.Role(stack, "Caller", assumed_by=iam.AccountRootPrincipal())
    flow.grant_start_human_loop(caller)
    flow.on_human_loop_status_change("Ended")
    template = Template.from_stack(stack)
    [policy] = properties(template, "AWS::IAM::Policy")
    [statement] = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "sagemaker:StartHumanLoop"
    assert statement["Resource"] == IMPORTED_ARN
    [rule] = properties(template, "AWS::Events::Rule")
    assert rule["EventPattern"]["detail"]["flowDefinitionArn"] == [IMPORTED_ARN]
    assert rule["EventPattern"]["detail"]["humanLoopStatus"] == ["Completed", "Failed", "Stopped"]
