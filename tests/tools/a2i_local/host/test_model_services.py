"""Comprehend and SageMaker endpoints beside A2I: reached with boto3, allowed and refused by IAM."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from a2i_local.host import LocalAws
from a2i_local.host.adapter.sagemaker_actions import Call, identify_call, required_checks
from a2i_local.host.clients import make_client

pytestmark = pytest.mark.local_aws

IMAGE = Path(__file__).parents[4] / "examples" / "object_detection" / "images" / "astronaut.jpg"
PREFIX = "arn:aws:sagemaker:us-east-1:123456789012"

ClientMaker = Callable[[str], Any]


@pytest.fixture(scope="module")
def endpoint(client: ClientMaker) -> str:
    """An endpoint whose model's role may read its artifact."""
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "sagemaker.amazonaws.com"},
    }
    role = make_role(
        client, "model", trust, {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::models/*"}
    )
    client("s3").create_bucket(Bucket="models")
    client("s3").put_object(Bucket="models", Key="model.tar.gz", Body=b"model")
    sagemaker = client("sagemaker")
    container = {"Image": "object-detection:1", "ModelDataUrl": "s3://models/model.tar.gz"}
    sagemaker.create_model(ModelName="m", ExecutionRoleArn=role, PrimaryContainer=container)
    sagemaker.create_endpoint_config(
        EndpointConfigName="c", ProductionVariants=[{"VariantName": "primary", "ModelName": "m"}]
    )
    sagemaker.create_endpoint(EndpointName="Detector", EndpointConfigName="c")
    return "Detector"


@pytest.fixture(scope="module")
def limited(client: ClientMaker, local_aws: LocalAws) -> ClientMaker:
    """Makes clients of a role that may detect sentiments and invoke another endpoint."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
    role = make_role(
        client,
        "limited",
        trust,
        {"Action": "comprehend:DetectSentiment", "Resource": "*"},
        {"Action": "sagemaker:InvokeEndpoint", "Resource": f"{PREFIX}:endpoint/other"},
    )
    session = client("sts").assume_role(RoleArn=role, RoleSessionName="test")
    return lambda service: make_client(service, local_aws.environment, session["Credentials"])


def make_role(
    client: ClientMaker, name: str, trust: dict[str, Any], *allowed: dict[str, Any]
) -> str:
    iam = client("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    statements = [{"Effect": "Allow", **statement} for statement in allowed]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_role_policy(RoleName=name, PolicyName="allowed", PolicyDocument=policy)
    return arn


def test_comprehend_answers_at_the_common_endpoint(client: ClientMaker) -> None:
    detected = client("comprehend").detect_sentiment(Text="I enjoy it", LanguageCode="en")
    assert detected["Sentiment"] == "POSITIVE"


def test_endpoint_answers_at_the_common_endpoint(client: ClientMaker, endpoint: str) -> None:
    answer = client("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint, ContentType="image/jpeg", Body=IMAGE.read_bytes()
    )
    assert json.load(answer["Body"])["prediction"][0][1] > 0.9


def test_a2i_still_answers_beside_them(client: ClientMaker, endpoint: str) -> None:
    sagemaker = client("sagemaker")
    assert sagemaker.list_flow_definitions()["FlowDefinitionSummaries"] == []
    assert [found["EndpointName"] for found in sagemaker.list_endpoints()["Endpoints"]] == [
        endpoint
    ]


def test_a_built_in_task_type_fails_with_a_sentence(client: ClientMaker) -> None:
    with pytest.raises(ClientError, match="this local AWS has no Textract; built-in task types"):
        client("textract").analyze_document(
            Document={"S3Object": {"Bucket": "pages", "Name": "n"}},
            FeatureTypes=["FORMS"],
            HumanLoopConfig={
                "FlowDefinitionArn": f"{PREFIX}:flow-definition/any",
                "HumanLoopName": "l",
            },
        )


def test_a_service_that_is_not_here_fails_with_a_sentence(client: ClientMaker) -> None:
    with pytest.raises(ClientError, match="this local AWS has no Translate"):
        client("translate").translate_text(
            Text="a", SourceLanguageCode="en", TargetLanguageCode="de"
        )


def test_role_may_do_what_it_is_allowed(limited: ClientMaker) -> None:
    assert limited("comprehend").detect_sentiment(Text="I enjoy it", LanguageCode="en")


def test_role_may_not_detect_batches(limited: ClientMaker) -> None:
    with pytest.raises(ClientError, match="not authorized to perform: comprehend:BatchDetectSent"):
        limited("comprehend").batch_detect_sentiment(TextList=["a"], LanguageCode="en")


def test_role_may_not_invoke_another_endpoint(limited: ClientMaker, endpoint: str) -> None:
    with pytest.raises(ClientError, match="not authorized to perform: sagemaker:InvokeEndpoint"):
        limited("sagemaker-runtime").invoke_endpoint(
            EndpointName=endpoint, ContentType="image/jpeg", Body=b"x"
        )


def test_invocation_asks_for_the_endpoint_under_the_name_in_its_arn() -> None:
    call = identify_call("POST", "/endpoints/Detector/invocations", {}, b"")
    assert call == Call("InvokeEndpoint", {"EndpointName": "Detector"})
    (check,) = required_checks(call, region="us-east-1", account="123456789012")
    assert check.resource == f"{PREFIX}:endpoint/detector"


def test_creating_a_model_asks_to_pass_its_role() -> None:
    role = "arn:aws:iam::123456789012:role/model"
    call = Call("CreateModel", {"ModelName": "m", "ExecutionRoleArn": role})
    checks = required_checks(call, region="us-east-1", account="123456789012")
    assert [(check.action, check.resource) for check in checks] == [
        ("sagemaker:CreateModel", f"{PREFIX}:model/m"),
        ("iam:PassRole", role),
    ]
