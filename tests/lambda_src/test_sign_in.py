"""Sign-in of reviewers: the app client's addresses and the text of invitations."""

from __future__ import annotations

from typing import Any

import pytest

from a2i_shared import aws_clients
from sign_in import on_event
from sign_in.user_pool import UserPool
from tests.lambda_src.invocation import lambda_context
from tests.lambda_src.local_clients import cognito_client

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


def test_a_client_that_has_its_addresses_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    cognito = FakeCognito()
    monkeypatch.setattr(aws_clients, "cognito", lambda: cognito)
    before = dict(cognito.client)
    event = {
        "RequestType": "Create",
        "LogicalResourceId": "Invitation",
        "ResourceProperties": {"UserPoolId": "pool", "SubDomain": "api.example.com"},
    }
    on_event.lambda_handler(event, lambda_context())
    assert cognito.client == before


def test_deleting_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    cognito = FakeCognito()
    before = dict(cognito.client)
    set_up(monkeypatch, cognito, "Delete")
    assert cognito.client == before


INVITATION = {"EmailSubject": "Review", "EmailMessage": f"{PORTAL} {{username}} {{####}}"}
POOL = {
    "PoolName": "reviewers",
    "Policies": {"PasswordPolicy": {"MinimumLength": 12, "TemporaryPasswordValidityDays": 7}},
    "AutoVerifiedAttributes": ["email"],
    "MfaConfiguration": "OPTIONAL",
    "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
    "UserPoolTags": {"team": "claims"},
}


def sign_in_to(
    monkeypatch: pytest.MonkeyPatch, invitation: dict[str, str] | None
) -> dict[str, Any]:
    """Set up a pool of the local Cognito; return it as it is afterwards."""
    client: Any = cognito_client()
    monkeypatch.setattr(aws_clients, "cognito", lambda: client)
    pool_id = client.create_user_pool(**POOL)["UserPool"]["Id"]
    client_id = client.create_user_pool_client(UserPoolId=pool_id, ClientName="Portal")[
        "UserPoolClient"
    ]["ClientId"]
    properties = {
        "UserPoolId": pool_id,
        "ClientId": client_id,
        "SubDomain": PORTAL.removeprefix("https://"),
        **({} if invitation is None else {"Invitation": invitation}),
    }
    for _ in range(2):  # a retry finds what the first attempt has set
        event = {
            "RequestType": "Create",
            "LogicalResourceId": "SignIn",
            "ResourceProperties": properties,
        }
        on_event.lambda_handler(event, lambda_context())
    pool: dict[str, Any] = client.describe_user_pool(UserPoolId=pool_id)["UserPool"]
    return pool


def test_invitations_name_the_portal_and_the_pool_keeps_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool = sign_in_to(monkeypatch, INVITATION)

    creation = pool["AdminCreateUserConfig"]
    assert creation["AllowAdminCreateUserOnly"] is True
    assert creation["InviteMessageTemplate"] == INVITATION
    for name in ("Policies", "AutoVerifiedAttributes", "MfaConfiguration", "UserPoolTags"):
        assert pool[name] == POOL[name], name


def test_a_pool_of_others_keeps_its_invitation(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = sign_in_to(monkeypatch, None)

    assert "InviteMessageTemplate" not in pool["AdminCreateUserConfig"]


def test_a_former_expiry_of_invitations_is_not_sent_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cognito refuses it beside TemporaryPasswordValidityDays."""
    client: Any = cognito_client()
    creation = {"AllowAdminCreateUserOnly": True, "UnusedAccountValidityDays": 7}
    described = {"UserPool": {**POOL, "Id": "pool", "AdminCreateUserConfig": creation}}
    sent: dict[str, Any] = {}
    monkeypatch.setattr(client, "describe_user_pool", lambda **_: described)
    monkeypatch.setattr(client, "update_user_pool", lambda **request: sent.update(request))

    UserPool(client, "pool").set_invitation(INVITATION)

    assert "UnusedAccountValidityDays" not in sent["AdminCreateUserConfig"]
    assert "Id" not in sent
