"""Models, endpoint configurations, endpoints and their invocation, through boto3."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from a2i_local.models.endpoint_runtime import EndpointRuntime
from a2i_local.models.hosting import ModelHosting
from a2i_local.models.wire import Request, Response
from a2i_local.service.host import HostAccessDenied, HostError, HostNotFound, StoredObject

ARTIFACT = "s3://models/model.tar.gz"
ROLE = "arn:aws:iam::123456789012:role/model"
ARN = "arn:aws:sagemaker:us-east-1:123456789012"


class Artifacts:
    """The S3 of a host: what the model's role gets from it."""

    def __init__(self) -> None:
        self.problems: dict[str, HostError] = {}
        self.read: list[tuple[str, str, str]] = []

    def get_object(self, role_arn: str, bucket: str, key: str) -> StoredObject:
        self.read.append((role_arn, bucket, key))
        if problem := self.problems.get(key):
            raise problem
        return StoredObject(b"", "application/gzip")


@pytest.fixture
def artifacts() -> Artifacts:
    return Artifacts()


@pytest.fixture
def hosting(artifacts: Artifacts) -> ModelHosting:
    return ModelHosting(artifacts)  # type: ignore[arg-type] # reads objects only


@pytest.fixture
def sagemaker(client: Any, hosting: ModelHosting) -> Any:
    return client("sagemaker", hosting.handle)


@pytest.fixture
def runtime(client: Any, hosting: ModelHosting) -> Any:
    return client("sagemaker-runtime", EndpointRuntime(hosting).handle)


def create_model(sagemaker: Any, **changes: Any) -> Any:
    container = {"Image": "object-detection:1", "ModelDataUrl": ARTIFACT}
    return sagemaker.create_model(
        **{
            "ModelName": "detector",
            "ExecutionRoleArn": ROLE,
            "PrimaryContainer": container,
            **changes,
        }
    )


def create_endpoint(sagemaker: Any) -> None:
    create_model(sagemaker)
    sagemaker.create_endpoint_config(
        EndpointConfigName="small",
        ProductionVariants=[{"VariantName": "primary", "ModelName": "detector"}],
    )
    sagemaker.create_endpoint(EndpointName="Detector", EndpointConfigName="small")


def error_of(call: Callable[..., Any], **parameters: Any) -> Mapping[str, Any]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response


def test_endpoint_is_created_described_and_listed(sagemaker: Any) -> None:
    create_endpoint(sagemaker)
    described = sagemaker.describe_endpoint(EndpointName="Detector")
    assert described["EndpointStatus"] == "InService"
    assert described["EndpointArn"] == f"{ARN}:endpoint/detector"
    assert described["EndpointConfigName"] == "small"
    (listed,) = sagemaker.list_endpoints()["Endpoints"]
    assert listed["EndpointName"] == "Detector"


def test_model_is_described_as_created_but_for_its_tags(sagemaker: Any) -> None:
    create_model(sagemaker, Tags=[{"Key": "team", "Value": "vision"}])
    described = sagemaker.describe_model(ModelName="detector")
    assert described["PrimaryContainer"]["ModelDataUrl"] == ARTIFACT
    assert "Tags" not in described


def test_model_reads_its_artifact_with_its_own_role(sagemaker: Any, artifacts: Artifacts) -> None:
    create_model(sagemaker)
    assert artifacts.read == [(ROLE, "models", "model.tar.gz")]


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (HostNotFound("no"), "Could not find model data at s3://models/model.tar.gz"),
        (HostAccessDenied("no"), '"s3:GetObject" permissions'),
    ],
)
def test_fails_when_the_artifact_cannot_be_read(
    sagemaker: Any, artifacts: Artifacts, problem: HostError, words: str
) -> None:
    artifacts.problems["model.tar.gz"] = problem
    with pytest.raises(ClientError, match=words):
        create_model(sagemaker)


def test_fails_when_the_name_is_taken(sagemaker: Any) -> None:
    create_model(sagemaker)
    with pytest.raises(ClientError, match="Cannot create already existing model"):
        create_model(sagemaker)


def test_fails_when_the_model_of_a_variant_is_missing(sagemaker: Any) -> None:
    error = error_of(
        sagemaker.create_endpoint_config,
        EndpointConfigName="small",
        ProductionVariants=[{"VariantName": "primary", "ModelName": "nobody"}],
    )
    assert error["Error"]["Code"] == "ValidationException"
    assert error["Error"]["Message"] == f'Could not find model "{ARN}:model/nobody".'


def test_fails_when_the_endpoint_configuration_is_missing(sagemaker: Any) -> None:
    with pytest.raises(ClientError, match="Could not find endpoint configuration"):
        sagemaker.create_endpoint(EndpointName="detector", EndpointConfigName="nobody")


def test_fails_when_a_required_parameter_is_missing(sagemaker: Any) -> None:
    with pytest.raises(ClientError, match="EndpointConfigName"):
        sagemaker.create_endpoint(EndpointName="detector")


def test_name_is_the_same_in_any_case_but_not_for_invocations(sagemaker: Any, runtime: Any) -> None:
    create_endpoint(sagemaker)
    assert sagemaker.describe_endpoint(EndpointName="detector")["EndpointName"] == "Detector"
    with pytest.raises(ClientError, match="Endpoint detector of account 123456789012 not found"):
        runtime.invoke_endpoint(EndpointName="detector", ContentType="image/jpeg", Body=b"x")


def test_fails_when_a_name_breaks_its_pattern(sagemaker: Any) -> None:
    with pytest.raises(ClientError, match="'modelName' failed to satisfy constraint"):
        create_model(sagemaker, ModelName="no_underscores")


def test_update_switches_the_endpoint_configuration(sagemaker: Any) -> None:
    create_endpoint(sagemaker)
    sagemaker.create_endpoint_config(
        EndpointConfigName="large",
        ProductionVariants=[{"VariantName": "primary", "ModelName": "detector"}],
    )
    sagemaker.update_endpoint(EndpointName="Detector", EndpointConfigName="large")
    assert sagemaker.describe_endpoint(EndpointName="Detector")["EndpointConfigName"] == "large"


def test_nothing_is_left_after_deletion(sagemaker: Any, runtime: Any) -> None:
    create_endpoint(sagemaker)
    sagemaker.delete_endpoint(EndpointName="Detector")
    sagemaker.delete_endpoint_config(EndpointConfigName="small")
    sagemaker.delete_model(ModelName="detector")
    assert sagemaker.list_endpoints()["Endpoints"] == []
    for call, name in (
        (sagemaker.describe_endpoint, {"EndpointName": "Detector"}),
        (sagemaker.describe_endpoint_config, {"EndpointConfigName": "small"}),
        (sagemaker.delete_model, {"ModelName": "detector"}),
    ):
        with pytest.raises(ClientError, match="Could not find"):
            call(**name)


def test_accounts_do_not_see_each_other(hosting: ModelHosting) -> None:
    model = {"ModelName": "detector", "ExecutionRoleArn": ROLE}
    hosting.call("CreateModel", model, account="1" * 12, region="us-east-1")
    hosting.call("CreateModel", model, account="2" * 12, region="us-east-1")
    hosting.call("CreateModel", model, account="1" * 12, region="eu-west-1")


def test_invocation_answers_in_the_built_in_format(
    sagemaker: Any, runtime: Any, image: Callable[[str], bytes]
) -> None:
    create_endpoint(sagemaker)
    response = runtime.invoke_endpoint(
        EndpointName="Detector", ContentType="image/jpeg", Body=image("astronaut")
    )
    assert response["ContentType"] == "application/json"
    assert response["InvokedProductionVariant"] == "primary"
    best = json.loads(response["Body"].read())["prediction"][0]
    assert len(best) == 6
    assert best[0] == 1.0
    assert all(0 <= value <= 1 for value in best[1:])


def test_fails_when_the_endpoint_does_not_exist(runtime: Any) -> None:
    error = error_of(
        runtime.invoke_endpoint, EndpointName="nobody", ContentType="image/jpeg", Body=b"x"
    )
    assert error["Error"]["Code"] == "ValidationError"
    assert error["Error"]["Message"] == "Endpoint nobody of account 123456789012 not found."


@pytest.mark.parametrize(
    ("media_type", "body", "status"), [("text/plain", b"x", 415), ("image/jpeg", b"no image", 400)]
)
def test_model_refuses_what_is_no_image(
    sagemaker: Any, runtime: Any, media_type: str, body: bytes, status: int
) -> None:
    create_endpoint(sagemaker)
    error = error_of(
        runtime.invoke_endpoint, EndpointName="Detector", ContentType=media_type, Body=body
    )
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert error["Error"]["Code"] == "ModelError"
    assert error["OriginalStatusCode"] == status


def test_fails_when_the_image_is_too_large(sagemaker: Any, runtime: Any) -> None:
    create_endpoint(sagemaker)
    body = bytes(6_291_457)
    with pytest.raises(ClientError, match="at most 6291456"):
        runtime.invoke_endpoint(EndpointName="Detector", ContentType="image/jpeg", Body=body)


def test_unknown_operation_is_refused(hosting: ModelHosting) -> None:
    _, headers, _ = _send(hosting, "SageMaker.CreateTrainingJob", b"{}")
    assert headers["x-amzn-errortype"] == "UnknownOperationException"


@pytest.mark.parametrize("body", [b"{", b"[]"])
def test_fails_when_the_body_is_no_json_object(hosting: ModelHosting, body: bytes) -> None:
    status, headers, _ = _send(hosting, "SageMaker.ListEndpoints", body)
    assert (status, headers["x-amzn-errortype"]) == (400, "SerializationException")


def _send(hosting: ModelHosting, target: str, body: bytes) -> Response:
    headers = {"x-amz-target": target}
    return hosting.handle(Request("POST", "/", headers, body, {}, "1" * 12, "us-east-1"))
