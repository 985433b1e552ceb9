"""Resources that the examples' stacks add to the library's base."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Match, Template

from object_detection_stack import ObjectDetectionStack
from sentiment_stack import SentimentStack

TEAM = "arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/reviewers"
ARTIFACT = "s3://models/detector/model.tar.gz"


@cache
def sentiment() -> Template:
    return Template.from_stack(SentimentStack(App(), "Sentiment", workers=["a@example.com"]))


@cache
def detection() -> Template:
    stack = ObjectDetectionStack(
        App(), "Detection", classes=["person"], model_artifact=ARTIFACT, workteam_arn=TEAM
    )
    return Template.from_stack(stack)


def statements(template: Template, action: str) -> list[dict[str, Any]]:
    """All statements of all policies that allow exactly this action."""
    return [
        statement
        for policy in template.find_resources("AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if action == statement["Action"] or action in statement["Action"]
    ]


@pytest.mark.parametrize("template", [sentiment, detection])
def test_nothing_outlives_the_stack(template: Any) -> None:
    kept = [
        resource["Type"]
        for resource in template().to_json()["Resources"].values()
        if "Retain" in resource.get("DeletionPolicy", "")
    ]
    assert kept == ["AWS::SQS::QueuePolicy"]  # it goes with its queue


@pytest.mark.parametrize("template", [sentiment, detection])
def test_uploads_are_told_to_event_bridge(template: Any) -> None:
    template().has_resource_properties(
        "AWS::S3::Bucket",
        {
            "CorsConfiguration": Match.any_value(),
            "NotificationConfiguration": {"EventBridgeConfiguration": {"EventBridgeEnabled": True}},
        },
    )


def test_texts_below_their_prefix_reach_the_queue() -> None:
    sentiment().has_resource_properties(
        "AWS::Events::Rule",
        {
            "EventPattern": {
                "source": ["aws.s3"],
                "detail": {"object": {"key": [{"prefix": "texts/"}]}},
            },
            "Targets": [{"Arn": {"Fn::GetAtt": [Match.string_like_regexp("Texts"), "Arn"]}}],
        },
    )


def test_sentiment_below_the_threshold_is_reviewed() -> None:
    expected = {"confidence": {"path": "max(values(SentimentScore))", "below": 0.99}}
    assert json.dumps(expected)[1:-1].replace(" ", "") in flow_document(sentiment())


def test_detection_below_the_threshold_is_reviewed() -> None:
    expected = {"confidence": {"path": "bestScore", "below": 0.5}}
    assert json.dumps(expected)[1:-1].replace(" ", "") in flow_document(detection())


def flow_document(template: Template) -> str:
    """What the starter knows about the flow, without the tokens in it."""
    for parameter in template.find_resources("AWS::SSM::Parameter").values():
        value = parameter["Properties"]["Value"]
        if "reviewWhen" in json.dumps(value):
            parts = value["Fn::Join"][1]
            return "".join(part for part in parts if isinstance(part, str))
    raise AssertionError("no parameter of a flow")


def test_detector_may_do_no_more_with_comprehend() -> None:
    assert statements(sentiment(), "comprehend:DetectSentiment") == [
        {"Action": "comprehend:DetectSentiment", "Effect": "Allow", "Resource": "*"}
    ]


def test_detector_may_invoke_its_endpoint_only() -> None:
    (statement,) = statements(detection(), "sagemaker:InvokeEndpoint")
    (endpoint,) = detection().find_resources("AWS::SageMaker::Endpoint")
    assert statement["Resource"] == {"Ref": endpoint}


def test_model_may_read_its_artifact_only() -> None:
    model_reads = [
        statement
        for statement in statements(detection(), "s3:GetObject")
        if "models/detector" in json.dumps(statement["Resource"])
    ]
    (statement,) = model_reads
    assert statement["Resource"] == {
        "Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::models/detector/model.tar.gz"]]
    }


def test_endpoint_runs_the_artifact_with_the_regions_image() -> None:
    (model,) = detection().find_resources("AWS::SageMaker::Model").values()
    container = model["Properties"]["PrimaryContainer"]
    assert container["ModelDataUrl"] == ARTIFACT
    assert "/object-detection:1" in json.dumps(container["Image"])


def test_completed_reviews_of_this_flow_become_training_data() -> None:
    detection().has_resource_properties(
        "AWS::Events::Rule",
        {
            "EventPattern": {
                "source": ["a2i.review"],
                "detail-type": ["Human Review Finished"],
                "detail": {"flow": ["object-detection"], "status": ["Completed"]},
            }
        },
    )


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject"])
def test_training_data_is_read_and_written_back(action: str) -> None:
    assert any(
        "/retraining/*" in json.dumps(statement["Resource"])
        for statement in statements(detection(), action)
    )


def test_existing_team_means_no_workforce() -> None:
    detection().resource_count_is("AWS::SageMaker::Workforce", 0)
    sentiment().resource_count_is("AWS::SageMaker::Workforce", 1)


def test_existing_endpoint_is_invoked_whatever_the_case_of_its_name() -> None:
    stack = ObjectDetectionStack(
        App(), "Detection", classes=["person"], endpoint_name="Shared", workteam_arn=TEAM
    )
    template = Template.from_stack(stack)
    template.resource_count_is("AWS::SageMaker::Endpoint", 0)
    (statement,) = statements(template, "sagemaker:InvokeEndpoint")
    named = [arn["Fn::Join"][1][-1].rpartition("/")[2] for arn in statement["Resource"]]
    assert named == ["shared", "Shared"]


def test_fails_when_there_is_neither_endpoint_nor_artifact() -> None:
    with pytest.raises(ValueError, match="endpointName and modelArtifact are both missing"):
        ObjectDetectionStack(App(), "Detection", classes=["person"], workteam_arn=TEAM)


@pytest.mark.parametrize(
    ("stack", "folders"),
    [
        (lambda app: SentimentStack(app, "S", workteam_arn=TEAM), {"detect_sentiment"}),
        (
            lambda app: ObjectDetectionStack(
                app, "D", classes=["person"], endpoint_name="e", workteam_arn=TEAM
            ),
            {"detect_objects", "retraining"},
        ),
    ],
)
def test_each_function_carries_its_own_folder_only(
    tmp_path: Path, stack: Any, folders: set[str]
) -> None:
    app = App(outdir=str(tmp_path))
    made: Stack = stack(app)
    app.synth()
    assert made.stack_name
    assets = [set(top_level(asset)) for asset in tmp_path.glob("asset.*") if asset.is_dir()]
    assert [folder for folder in folders if {folder} not in assets] == []


def top_level(asset: Path) -> Iterator[str]:
    return (path.name for path in asset.iterdir() if path.name != "__pycache__")
