"""output.json and the status event, to the last byte."""

import json
from datetime import timedelta

import pytest

from a2i_core.human_loops.errors import ValidationException
from a2i_core.human_loops.s3_output_path import S3OutputPath
from a2i_local.service import FaultSettings
from a2i_local.testing import LocalA2I


def _answered(still: LocalA2I, flow: str, content: str) -> bytes:
    still.call(
        "StartHumanLoop",
        HumanLoopName="loop",
        FlowDefinitionArn=flow,
        HumanLoopInput={"InputContent": content},
    )
    still.advance(timedelta(milliseconds=740))
    tasks = still.service.worker_tasks
    task_id = tasks.list("worker-1")[0].id
    tasks.accept(task_id, "worker-1")
    still.advance(timedelta(seconds=165, milliseconds=529))
    tasks.submit(task_id, "worker-1", {"category": {"label": "Grün"}})
    (stored,) = still.host.buckets[still.bucket].values()
    return stored.body


def test_document_has_a2is_members_and_formats(still: LocalA2I, flow: str) -> None:
    body = _answered(still, flow, '{"text": "a"}')
    document = json.loads(body)
    assert list(document) == ["flowDefinitionArn", "humanAnswers", "humanLoopName", "inputContent"]
    assert document["flowDefinitionArn"] == flow
    (answer,) = document["humanAnswers"]
    worker_id = answer.pop("workerId")
    assert len(worker_id) == 16
    assert int(worker_id, 16)
    assert answer == {
        "acceptanceTime": "2030-01-01T00:00:02.740Z",
        "answerContent": {"category": {"label": "Grün"}},
        "submissionTime": "2030-01-01T00:02:48.269Z",
        "timeSpentInSeconds": 165.529,
        "workerMetadata": {
            "identityData": {
                "identityProviderType": "Cognito",
                "issuer": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_reviewers",
                "sub": "worker-1-sub",
            }
        },
    }


def test_input_is_written_anew_and_whole_numbers_lose_their_fraction(
    still: LocalA2I, flow: str
) -> None:
    content = (
        '{"text": "ü", "score": 996.0, "half": 0.50, "e": 1E+2, "negative": -3.0, "huge": 1e300,'
        ' "many": 123456789012345678901234567890, "list": [{"deep": 1.0}]}'
    )
    assert _answered(still, flow, content).endswith(
        '"inputContent":{"text":"ü","score":996,"half":0.5,"e":100,"negative":-3,"huge":1e+300,'
        '"many":123456789012345678901234567890,"list":[{"deep":1}]}}'.encode()
    )


def test_a_number_beyond_all_numbers_is_refused(still: LocalA2I, flow: str) -> None:
    with pytest.raises(ValidationException, match="number 1e999 is out of range"):
        _answered(still, flow, '{"score": 1e999}')


def test_event_has_camel_case_keys_and_explicit_nulls(still: LocalA2I, flow: str) -> None:
    _answered(still, flow, '{"text": "a"}')
    (event,) = still.events
    arn = "arn:aws:sagemaker:us-east-1:123456789012:human-loop/loop"
    assert event["source"] == "aws.sagemaker"
    assert event["detail-type"] == "SageMaker A2I HumanLoop Status Change"
    assert event["resources"] == [arn]
    assert event["detail"] == {
        "creationTime": "2030-01-01T00:00:02.000Z",
        "failureCode": None,
        "failureReason": None,
        "flowDefinitionArn": flow,
        "humanLoopArn": arn,
        "humanLoopName": "loop",
        "humanLoopOutput": {
            "outputS3Uri": (
                f"s3://{still.bucket}/answers/review/2030/01/01/00/00/02/loop/output.json"
            )
        },
        "humanLoopStatus": "Completed",
    }


def test_no_event_before_the_end(still: LocalA2I, pair_flow: str) -> None:
    still.start("loop", pair_flow, {"text": "a"})
    still.submit("loop", {"label": "yes"})
    assert still.events == []


def test_the_key_of_the_flow_definition_encrypts(still: LocalA2I) -> None:
    still.create_flow_definition("plain", "<crowd-form/>")
    described = still.call("DescribeFlowDefinition", FlowDefinitionName="plain")
    still.call(
        "CreateFlowDefinition",
        FlowDefinitionName="keyed",
        RoleArn=still.role_arn,
        OutputConfig={"S3OutputPath": f"s3://{still.bucket}", "KmsKeyId": "alias/answers"},
        HumanLoopConfig=described["HumanLoopConfig"],
    )
    still.advance(timedelta(seconds=1))
    flow = still.call("DescribeFlowDefinition", FlowDefinitionName="keyed")["FlowDefinitionArn"]
    still.start("loop", flow, {})
    still.submit("loop", {})
    assert list(still.host.kms_key_ids.values()) == ["alias/answers"]


def test_events_are_lost_and_duplicated_on_demand(still: LocalA2I, flow: str) -> None:
    expected = []
    for name, faults in (
        ("lost", FaultSettings(lost_events=1)),
        ("twice", FaultSettings(duplicated_events=1)),
        ("once", FaultSettings()),
    ):
        still.inject(faults)
        still.start(name, flow, {"text": "a"})
        still.submit(name, {"label": "yes"})
        expected += [name] * {"lost": 0, "twice": 2, "once": 1}[name]
    assert [event["detail"]["humanLoopName"] for event in still.events] == expected


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("s3://bucket", "flow/output.json"),
        ("s3://bucket/", "flow/output.json"),
        ("s3://bucket/a/b", "a/b/flow/output.json"),
        ("s3://bucket/a/b/", "a/b/flow/output.json"),
        ("https://s3.eu-west-1.amazonaws.com/bucket/a", "a/flow/output.json"),
        ("https://bucket.s3.amazonaws.com/a", "a/flow/output.json"),
    ],
)
def test_output_paths_in_all_their_forms(path: str, key: str) -> None:
    parsed = S3OutputPath.parse(path)
    assert (parsed.bucket, parsed.key("flow", "output.json")) == ("bucket", key)


@pytest.mark.parametrize("path", ["s3://", "s3:///a", "https://example.com/bucket", "s3://A/b"])
def test_fails_on_what_is_no_bucket(path: str) -> None:
    with pytest.raises(ValidationException, match="S3OutputPath"):
        S3OutputPath.parse(path)
