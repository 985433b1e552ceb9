"""Table, API, stream and clock of human loops in the account."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

from a2i_constructs.functions.function_code import _rendering_folder
from tests.constructs.backends.test_review_backend import template_of
from tests.constructs.review_stacks import ROOT, properties


@pytest.fixture
def made() -> Template:
    return template_of("account")


def test_the_table_tells_what_loops_owe_and_keeps_keys_alone_in_its_indexes(
    made: Template,
) -> None:
    [table] = [
        each for each in properties(made, "AWS::DynamoDB::Table") if "StreamSpecification" in each
    ]
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "collectAt", "Enabled": True}
    assert table["SSESpecification"]["SSEType"] == "KMS"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    indexes = {
        index["IndexName"]: [key["AttributeName"] for key in index["KeySchema"]]
        for index in table["GlobalSecondaryIndexes"]
        if index["Projection"] == {"ProjectionType": "KEYS_ONLY"}
    }
    assert indexes == {
        "offers": ["offersKey", "offersOrder"],
        "byFlow": ["flowKey", "flowOrder"],
        "open": ["openKey", "dueAt"],
    }


def test_every_route_but_the_pages_asks_who_calls(made: Template) -> None:
    routes = {
        route["RouteKey"]: route["AuthorizationType"]
        for route in properties(made, "AWS::ApiGatewayV2::Route")
    }
    assert routes == {
        "GET /human-loops": "AWS_IAM",
        "POST /human-loops": "AWS_IAM",
        "GET /human-loops/{HumanLoopName}": "AWS_IAM",
        "DELETE /human-loops/{HumanLoopName}": "AWS_IAM",
        "POST /human-loops/stop": "AWS_IAM",
        "ANY /api/{proxy+}": "JWT",
        "GET /": "NONE",
        "GET /static/{proxy+}": "NONE",
        "GET /config.json": "NONE",
        "GET /task/{proxy+}": "NONE",
        "GET /object/{proxy+}": "NONE",
    }


def test_reviewers_tokens_are_those_of_the_pools_public_client(made: Template) -> None:
    [authorizer] = properties(made, "AWS::ApiGatewayV2::Authorizer")
    jwt = authorizer["JwtConfiguration"]
    [(client, settings)] = [
        (name, each["Properties"])
        for name, each in made.find_resources("AWS::Cognito::UserPoolClient").items()
    ]
    assert jwt["Audience"] == [{"Ref": client}]
    assert settings["GenerateSecret"] is False
    assert settings["AllowedOAuthFlows"] == ["code"]
    assert settings["AccessTokenValidity"] == 15
    assert "ALLOW_ADMIN_USER_PASSWORD_AUTH" in settings["ExplicitAuthFlows"]
    assert "ALLOW_USER_PASSWORD_AUTH" not in settings["ExplicitAuthFlows"]


def test_the_page_signs_in_for_a_working_day_with_tokens_that_are_used_once(
    made: Template,
) -> None:
    [client] = properties(made, "AWS::Cognito::UserPoolClient")
    assert client["RefreshTokenRotation"]["Feature"] == "ENABLED"
    # Cognito refuses rotation beside it.
    assert "ALLOW_REFRESH_TOKEN_AUTH" not in client["ExplicitAuthFlows"]
    assert client["RefreshTokenValidity"] == 8 * 60
    assert client["AllowedOAuthScopes"] == ["openid"]
    assert client["EnableTokenRevocation"] is True
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    [address] = client["CallbackURLs"]
    assert client["LogoutURLs"] == [address]
    [api] = made.find_resources("AWS::ApiGatewayV2::Api")
    assert address == {"Fn::Join": ["", [{"Fn::GetAtt": [api, "ApiEndpoint"]}, "/"]]}


def test_the_page_learns_where_to_sign_in(made: Template) -> None:
    [variables] = [
        each["Environment"]["Variables"]
        for each in properties(made, "AWS::Lambda::Function")
        if each["Environment"]["Variables"].get("POWERTOOLS_SERVICE_NAME") == "portal"
    ]
    [client] = made.find_resources("AWS::Cognito::UserPoolClient")
    assert variables["A2I_SIGN_IN_CLIENT_ID"] == {"Ref": client}
    start, domain, *rest = variables["A2I_SIGN_IN_ADDRESS"]["Fn::Join"][1]
    assert start == "https://"
    assert "Domain" in domain["Ref"]
    assert rest == [".auth.", {"Ref": "AWS::Region"}, ".amazoncognito.com"]


def test_access_logs_tell_routes_and_never_paths(made: Template) -> None:
    [stage] = properties(made, "AWS::ApiGatewayV2::Stage")
    logged = json.loads(stage["AccessLogSettings"]["Format"])
    assert logged["routeKey"] == "$context.routeKey"
    told = " ".join(logged.values())
    assert "path" not in told.lower()
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] == 500


def test_the_stream_brings_what_is_owed_and_keeps_what_fails(made: Template) -> None:
    [mapping] = [
        each
        for each in properties(made, "AWS::Lambda::EventSourceMapping")
        if "FilterCriteria" in each
    ]
    [each] = mapping["FilterCriteria"]["Filters"]
    assert json.loads(each["Pattern"]) == {
        "eventName": ["INSERT", "MODIFY"],
        "dynamodb": {"NewImage": {"owes": {"S": [{"exists": True}]}}},
    }
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert "DeadLetterQueue" in json.dumps(mapping["DestinationConfig"])


def test_the_stream_tells_ends_under_its_own_source_alone(made: Template) -> None:
    made.has_resource_properties(
        "AWS::IAM::Policy",
        {
            "PolicyDocument": Match.object_like(
                {
                    "Statement": Match.array_with(
                        [
                            Match.object_like(
                                {
                                    "Action": "events:PutEvents",
                                    "Condition": {
                                        "StringEquals": {"events:source": "a2i.human-loops"}
                                    },
                                }
                            )
                        ]
                    )
                }
            )
        },
    )


def test_the_clock_may_change_loops_and_nothing_else(made: Template) -> None:
    [policy] = [
        each["Properties"]["PolicyDocument"]["Statement"]
        for name, each in made.find_resources("AWS::IAM::Policy").items()
        if "ClockFunctionRole" in name
    ]
    actions = {
        action
        for statement in policy
        for action in (
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        )
    }
    assert actions == {
        *("dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:BatchGetItem"),
        *("dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan"),
        *("kms:Decrypt", "kms:DescribeKey"),
        *("logs:CreateLogStream", "logs:PutLogEvents"),
    }
    made.has_resource_properties("AWS::Events::Rule", {"ScheduleExpression": "rate(1 minute)"})


def test_a_template_is_an_asset_that_its_function_alone_reads(made: Template) -> None:
    [ui] = properties(made, "Custom::A2IHumanTaskUi")
    assert len(ui["Sha256"]) == 64
    readers = [
        name
        for name, each in made.find_resources("AWS::IAM::Policy").items()
        if ui["Key"] in json.dumps(each)
    ]
    assert len(readers) == 1
    assert "HumanTaskUis" in readers[0]


def test_names_of_the_service_are_published(made: Template) -> None:
    outputs: dict[str, Any] = made.to_json()["Outputs"]
    assert outputs.keys() >= {"HumanLoopEndpoint", "PortalApiUrl", "UserPoolId", "PortalClientId"}


RENDER = """
import json, sys
sys.path[:0] = [sys.argv[1]]
from worker_template import TaskTemplate
text, sample = open(sys.argv[2]).read(), json.load(open(sys.argv[3]))
template = TaskTemplate.from_text(text)
print(len(template.render(sample, grant_read_access=lambda uri: "https://x/" + uri)))
files = [str(getattr(module, "__file__", "")) for module in sys.modules.values()]
print([file for file in files if "site-packages" in file])
"""


@pytest.mark.process
@pytest.mark.parametrize("name", ["document_fields_review", "sentiment_review"])
def test_templates_render_with_nothing_but_the_asset(name: str) -> None:
    """As in Lambda: no site-packages, and no compiled file that fits one machine only."""
    folder = _rendering_folder()
    assert not [file for pattern in ("*.so", "*.pyd") for file in folder.rglob(pattern)]
    done = subprocess.run(
        [
            *(sys.executable, "-S", "-I", "-B", "-c", RENDER, folder),
            ROOT / f"worker_templates/{name}.liquid.html",
            ROOT / f"worker_templates/{name}.sample.json",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    length, foreign = done.stdout.splitlines()
    assert int(length) > 500
    assert foreign == "[]"


def test_the_asset_is_small() -> None:
    """Lambda unpacks it at each cold start."""
    files = [file for file in Path(_rendering_folder()).rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) < 4_000_000
