"""The schemas that CloudFormation holds resource properties to."""

from typing import Any

import pytest

from a2i_local.host.adapter.property_schemas import InvalidProperties, check_properties

REGION = "us-east-1"


def violations(resource_type: str, properties: dict[str, Any]) -> str:
    with pytest.raises(InvalidProperties) as refusal:
        check_properties(resource_type, "Thing", properties, REGION)
    return str(refusal.value)


def oidc(client_id: str) -> dict[str, Any]:
    url = "https://id.example.com/x"
    endpoints = (
        "Issuer",
        "AuthorizationEndpoint",
        "TokenEndpoint",
        "UserInfoEndpoint",
        "LogoutEndpoint",
        "JwksUri",
    )
    config = {"ClientId": client_id, "ClientSecret": "s", **dict.fromkeys(endpoints, url)}
    return {"WorkforceName": "default", "OidcConfig": config}


def test_an_identity_providers_client_id_with_hyphens_is_refused_as_on_aws() -> None:
    check_properties("AWS::SageMaker::Workforce", "Thing", oidc("portal"), REGION)

    assert violations("AWS::SageMaker::Workforce", oidc("0oa1-b2c3")) == (
        "Properties validation failed for resource Thing with message:\n"
        "#/OidcConfig/ClientId: failed validation constraint for keyword [pattern]"
    )


def test_every_violation_is_named_with_its_place() -> None:
    said = violations("AWS::SageMaker::Workforce", {"OidcConfig": {"ClientId": "a"}, "Size": 1})

    assert "#: extraneous key [Size] is not permitted" in said
    assert "#: required key [WorkforceName] not found" in said
    assert "#/OidcConfig: required key [JwksUri] not found" in said


@pytest.mark.parametrize("timeout", [30, "30"])
def test_scalars_are_converted_to_what_the_schema_wants(timeout: int | str) -> None:
    queue = {"VisibilityTimeout": timeout, "FifoQueue": "true"}
    check_properties("AWS::SQS::Queue", "Thing", queue, REGION)

    assert "#/VisibilityTimeout" in violations("AWS::SQS::Queue", {"VisibilityTimeout": "soon"})


def test_tags_of_cloudformation_itself_are_no_properties_of_the_template() -> None:
    tags = [{"Key": "aws:cloudformation:stack-name", "Value": "stack"}]
    check_properties("AWS::S3::Bucket", "Thing", {"Tags": tags}, REGION)


def test_types_without_a_schema_take_any_property() -> None:
    check_properties("Custom::A2IFlowDefinition", "Thing", {"Whatever": {}}, REGION)
