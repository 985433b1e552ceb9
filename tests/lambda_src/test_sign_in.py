"""How reviewers get in: the app client's addresses and the invitation."""

from __future__ import annotations

from typing import Any

import pytest

from a2i_shared import aws_clients
from invitation import handler as invitation
from sign_in import on_event
from tests.lambda_src.invocation import lambda_context

PORTAL = "https://abc.labeling.us-east-1.sagemaker.aws"


class FakeCognito:
    """An app client; an update resets whatever it does not name, as Cognito's does."""

    def __init__(self, **client: Any) -> None:
        self.client: dict[str, Any] = {
            "UserPoolId": "pool",
            "ClientId": "client",
            "ClientName": "Portal",
            "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"],
            "ClientSecret": "hidden",
            "CreationDate": "then",
            "LastModifiedDate": "then",
            **client,
        }

    def describe_user_pool_client(self, **_: str) -> dict[str, Any]:
        return {"UserPoolClient": self.client}

    def update_user_pool_client(self, **client: Any) -> None:
        assert not {"ClientSecret", "CreationDate", "LastModifiedDate"} & client.keys()
        self.client = client


def set_up(monkeypatch: pytest.MonkeyPatch, cognito: FakeCognito, request: str = "Create") -> None:
    monkeypatch.setattr(aws_clients, "cognito", lambda: cognito)
    event = {
        "RequestType": request,
        "LogicalResourceId": "SignIn",
        "ResourceProperties": {
            "UserPoolId": "pool",
            "ClientId": "client",
            "ClientRevision": "1",
            "SubDomain": PORTAL.removeprefix("https://"),
        },
    }
    on_event.lambda_handler(event, lambda_context())


def test_the_client_lets_reviewers_into_the_portal_and_keeps_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cognito = FakeCognito()

    set_up(monkeypatch, cognito)

    assert cognito.client == {
        "UserPoolId": "pool",
        "ClientId": "client",
        "ClientName": "Portal",
        "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"],
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["email", "openid", "profile"],
        "CallbackURLs": [f"{PORTAL}/oauth2/idpresponse"],
        "LogoutURLs": [f"{PORTAL}/logout"],
        "SupportedIdentityProviders": ["COGNITO"],
    }


def test_addresses_that_the_service_set_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    cognito = FakeCognito(CallbackURLs=["https://else.example.com"], AllowedOAuthFlows=["implicit"])

    set_up(monkeypatch, cognito)
    set_up(monkeypatch, cognito, "Update")

    assert cognito.client["AllowedOAuthFlows"] == ["code", "implicit"]
    assert cognito.client["CallbackURLs"] == [
        f"{PORTAL}/oauth2/idpresponse",
        "https://else.example.com",
    ]


def test_deleting_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    cognito = FakeCognito()
    before = dict(cognito.client)
    set_up(monkeypatch, cognito, "Delete")
    assert cognito.client == before


class FakeSageMaker:
    def describe_workforce(self, **parameters: str) -> dict[str, Any]:
        assert parameters == {"WorkforceName": "default"}
        return {"Workforce": {"SubDomain": PORTAL.removeprefix("https://")}}


def message(monkeypatch: pytest.MonkeyPatch, trigger: str) -> dict[str, str]:
    monkeypatch.setenv("A2I_WORKFORCE_NAME", "default")
    monkeypatch.setattr(aws_clients, "sagemaker", FakeSageMaker)
    event = {
        "triggerSource": trigger,
        "request": {"usernameParameter": "{username}", "codeParameter": "{####}"},
        "response": {},
    }
    answer = invitation.lambda_handler(event, lambda_context())
    response: dict[str, str] = answer["response"]
    return response


def test_an_invitation_names_the_portal_the_user_and_the_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    response = message(monkeypatch, "CustomMessage_AdminCreateUser")
    for part in (PORTAL, "{username}", "{####}"):
        assert part in response["emailMessage"]
    assert response["emailSubject"]


def test_other_messages_keep_cognitos_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert message(monkeypatch, "CustomMessage_ForgotPassword") == {}
