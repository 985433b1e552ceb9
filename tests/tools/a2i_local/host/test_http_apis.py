"""HTTP APIs of the local AWS are as strict as AWS's: whose signature, how large, which source."""

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from a2i_local.host import LocalAws
from a2i_local.host.clients import make_client

Client = Callable[[str], Any]
CODE = """
def handler(event, context):
    size = int(event.get("queryStringParameters", {}).get("size", 0))
    return {"statusCode": 200, "body": "x" * size or event["rawPath"]}
"""
TEMPLATE = {
    "Resources": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "lambda.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                        }
                    ],
                }
            },
        },
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.13",
                "Handler": "index.handler",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Code": {"ZipFile": CODE},
            },
        },
        "Api": {
            "Type": "AWS::ApiGatewayV2::Api",
            "Properties": {"Name": "it", "ProtocolType": "HTTP"},
        },
        "Integration": {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {
                "ApiId": {"Ref": "Api"},
                "IntegrationType": "AWS_PROXY",
                "PayloadFormatVersion": "2.0",
                "IntegrationUri": {"Fn::GetAtt": ["Function", "Arn"]},
            },
        },
        "Route": {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {
                "ApiId": {"Ref": "Api"},
                "RouteKey": "POST /loops",
                "AuthorizationType": "AWS_IAM",
                "Target": {"Fn::Join": ["/", ["integrations", {"Ref": "Integration"}]]},
            },
        },
        "Stage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {"ApiId": {"Ref": "Api"}, "StageName": "$default", "AutoDeploy": True},
        },
        "Permission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": {"Ref": "Function"},
                "Principal": "apigateway.amazonaws.com",
            },
        },
    },
    "Outputs": {"Address": {"Value": {"Fn::GetAtt": ["Api", "ApiEndpoint"]}}},
}

pytestmark = pytest.mark.local_aws


@pytest.fixture(scope="module")
def address(client: Client) -> str:
    cloudformation = client("cloudformation")
    cloudformation.create_stack(
        StackName="api", TemplateBody=json.dumps(TEMPLATE), Capabilities=["CAPABILITY_IAM"]
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="api", WaiterConfig={"Delay": 1}
    )
    [stack] = cloudformation.describe_stacks(StackName="api")["Stacks"]
    return str(stack["Outputs"][0]["OutputValue"])


def post(local_aws: LocalAws, url: str, service: str, body: bytes = b"{}") -> tuple[int, str]:
    request = AWSRequest("POST", url, data=body, headers={"Content-Type": "application/json"})
    environment = local_aws.environment
    keys = Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
    SigV4Auth(keys, service, environment["AWS_REGION"]).add_auth(request)
    sent = urllib.request.Request(url, data=body, headers=dict(request.headers), method="POST")  # noqa: S310
    trust = ssl.create_default_context(cafile=environment["AWS_CA_BUNDLE"])
    try:
        with urllib.request.urlopen(sent, context=trust) as response:  # noqa: S310
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_an_api_answers_at_the_address_that_its_stack_tells(
    local_aws: LocalAws, address: str
) -> None:
    assert address.startswith(local_aws.environment["AWS_ENDPOINT_URL"])
    assert post(local_aws, f"{address}/loops", "execute-api") == (200, "/loops")


def test_a_signature_for_another_service_is_refused(local_aws: LocalAws, address: str) -> None:
    status, answer = post(local_aws, f"{address}/loops", "sagemaker")
    assert status == 403
    assert "scoped to correct service: 'execute-api'" in answer


def test_a_request_that_no_event_takes_is_refused(local_aws: LocalAws, address: str) -> None:
    large = json.dumps({"text": '"' * 3_000_000}).encode()
    assert len(large) < 10 * 1024 * 1024
    status, _ = post(local_aws, f"{address}/loops", "execute-api", large)
    assert status == 500


def test_an_answer_that_lambda_does_not_give_back_is_none(
    local_aws: LocalAws, address: str
) -> None:
    sizes = (1_000_000, 7_000_000)
    answers = [post(local_aws, f"{address}/loops?size={size}", "execute-api") for size in sizes]
    assert [(status, len(body) > 100) for status, body in answers] == [(200, True), (500, False)]


@pytest.fixture
def teller(local_aws: LocalAws, client: Client) -> Any:
    """EventBridge as a role sees it that may put events of one source."""
    iam = client("iam")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
    allowed = {
        "Effect": "Allow",
        "Action": "events:PutEvents",
        "Resource": "*",
        "Condition": {"StringEquals": {"events:source": "a2i.human-loops"}},
    }
    document, policy = (
        json.dumps({"Version": "2012-10-17", "Statement": [each]}) for each in (trust, allowed)
    )
    role = iam.create_role(RoleName="teller", AssumeRolePolicyDocument=document)["Role"]
    iam.put_role_policy(RoleName="teller", PolicyName="allowed", PolicyDocument=policy)
    session = client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="test")
    return make_client("events", local_aws.environment, session["Credentials"])


def test_events_may_be_put_under_the_source_that_a_policy_names(teller: Any) -> None:
    entry = {"DetailType": "it", "Detail": "{}"}
    told = teller.put_events(Entries=[{**entry, "Source": "a2i.human-loops"}])
    assert told["FailedEntryCount"] == 0
    for sources in (["a2i.review"], ["a2i.human-loops", "a2i.review"]):
        with pytest.raises(ClientError, match="AccessDenied"):
            teller.put_events(Entries=[{**entry, "Source": source} for source in sources])
