"""Preflight of sign-in: the app client's settings, and triggers whose function is gone."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from a2i_cli.preflight_checks.findings import Finding
from a2i_cli.preflight_checks.sign_in import check_sign_in

PORTAL = "abc.labeling.us-east-1.sagemaker.aws"
FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:invite"
SOURCE = {"UserPool": "us-east-1_pool", "ClientId": "client"}
CLIENT = {
    "CallbackURLs": [f"https://{PORTAL}/oauth2/idpresponse"],
    "AllowedOAuthFlows": ["code"],
    "AllowedOAuthFlowsUserPoolClient": True,
}


def client(service: str) -> Any:
    make: Any = boto3.client  # its overloads want literal names
    return make(service, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


def findings(
    app_client: dict[str, Any], triggers: dict[str, str], *, function_exists: bool = True
) -> list[Finding]:
    sagemaker, cognito, lambda_ = client("sagemaker"), client("cognito-idp"), client("lambda")
    workforce = {
        "WorkforceName": "default",
        "WorkforceArn": "arn:aws:sagemaker:us-east-1:111122223333:workforce/default",
        "SubDomain": PORTAL,
        "CognitoConfig": SOURCE,
    }
    with Stubber(sagemaker) as first, Stubber(cognito) as second, Stubber(lambda_) as third:
        first.add_response("list_workforces", {"Workforces": [workforce]})
        second.add_response("describe_user_pool_client", {"UserPoolClient": app_client})
        second.add_response("describe_user_pool", {"UserPool": {"LambdaConfig": triggers}})
        if function_exists:
            third.add_response("get_function_configuration", {})
        else:
            third.add_client_error("get_function_configuration", "ResourceNotFoundException")
        return [*check_sign_in(sagemaker, cognito, lambda_)]


def test_all_is_well_with_callback_flow_and_triggers_that_exist() -> None:
    [finding] = findings(CLIENT, {"CustomMessage": FUNCTION})
    assert finding.severity == "ok"


@pytest.mark.parametrize("lacking", CLIENT)
def test_names_what_the_app_client_lacks(lacking: str) -> None:
    [finding] = findings({name: CLIENT[name] for name in CLIENT if name != lacking}, {})
    assert finding.severity == "error"
    assert "nobody can sign in" in finding.message


def test_names_a_trigger_whose_function_is_gone() -> None:
    [finding] = findings(CLIENT, {"CustomMessage": FUNCTION}, function_exists=False)
    assert finding.severity == "error"
    assert f"CustomMessage of user pool us-east-1_pool names {FUNCTION}" in finding.message


def test_a_region_without_a_workforce_has_nothing_to_check() -> None:
    sagemaker = client("sagemaker")
    with Stubber(sagemaker) as stub:
        stub.add_response("list_workforces", {"Workforces": []})
        assert [*check_sign_in(sagemaker, client("cognito-idp"), client("lambda"))] == []
