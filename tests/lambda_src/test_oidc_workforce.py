"""The custom resource of a workforce with an identity provider, against the local A2I service."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from a2i_local.service import A2IService, ManualClock
from a2i_local.service.memory_host import MemoryHost
from a2i_shared import aws_clients
from a2i_shared.errors import SecretUnusableError, WorkforceRefusedError
from oidc_workforce import is_complete, on_event
from tests.lambda_src.invocation import lambda_context
from tests.lambda_src.local_clients import sagemaker_client
from tests.lambda_src.service_errors import service_error

SECRET = "aB3~x.-Q9_zzy !%"
CLIENT_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:portal-AbCdEf"
ENDPOINTS = ("Authorization", "Token", "UserInfo", "Logout")
OIDC = {
    "ClientId": CLIENT_ID,
    "Issuer": "https://id.example.com",
    "JwksUri": "https://id.example.com/jwks",
    **{f"{name}Endpoint": f"https://id.example.com/{name}" for name in ENDPOINTS},
}
PROPERTIES = {"WorkforceName": "default", "OidcConfig": OIDC, "ClientSecretArn": SECRET_ARN}


class FakeSecrets:
    """Secrets Manager with one secret."""

    def __init__(self) -> None:
        self.secret: dict[str, Any] = {"SecretString": SECRET}

    def get_secret_value(self, **parameters: str) -> dict[str, Any]:
        assert parameters == {"SecretId": SECRET_ARN}
        return self.secret


class Resource:
    """What CloudFormation and CDK's framework do around the two handlers."""

    def __init__(self, service: A2IService) -> None:
        self.service = service
        self.sagemaker = sagemaker_client(service)
        self.secrets = FakeSecrets()
        self.properties: dict[str, Any] = {}
        self.attributes: dict[str, str] = {}

    def request(self, request_type: str, **properties: Any) -> None:
        wanted = {**PROPERTIES, **properties}
        event: dict[str, Any] = {"RequestType": request_type, "ResourceProperties": wanted}
        if request_type != "Create":
            event |= {"PhysicalResourceId": "default", "OldResourceProperties": self.properties}
        event |= on_event.lambda_handler(event, lambda_context())
        while not (done := is_complete.lambda_handler(event, lambda_context()))["IsComplete"]:
            self.service.advance_clock(timedelta(seconds=1))
        self.properties, self.attributes = wanted, done.get("Data", {})

    def described(self) -> dict[str, Any]:
        return dict(self.sagemaker.describe_workforce(WorkforceName="default")["Workforce"])


@pytest.fixture
def resource(monkeypatch: pytest.MonkeyPatch) -> Iterator[Resource]:
    clock = ManualClock()
    service = A2IService(MemoryHost(), clock=clock)
    made = Resource(service)
    monkeypatch.setattr(aws_clients, "sagemaker", lambda: made.sagemaker)
    monkeypatch.setattr(aws_clients, "secretsmanager", lambda: made.secrets)
    yield made
    service.close()


def test_any_printable_client_id_and_secret_make_a_workforce(resource: Resource) -> None:
    resource.request("Create", SourceIpCidrs=["203.0.113.0/24"])

    found = resource.described()
    assert found["Status"] == "Active"
    assert found["OidcConfig"] == OIDC
    assert found["SourceIpConfig"] == {"Cidrs": ["203.0.113.0/24"]}
    assert resource.attributes == {
        name: found[name] for name in ("WorkforceName", "WorkforceArn", "SubDomain")
    }


def test_a_repeated_creation_finds_what_the_first_one_made(resource: Resource) -> None:
    resource.request("Create")
    resource.request("Create")

    assert len(resource.sagemaker.list_workforces()["Workforces"]) == 1


def test_address_ranges_change_while_the_workforce_has_teams(resource: Resource) -> None:
    resource.request("Create", SourceIpCidrs=["203.0.113.0/24"])
    make_team(resource)

    resource.request("Update")

    assert resource.described()["SourceIpConfig"] == {"Cidrs": []}


def test_another_provider_is_refused_while_the_workforce_has_teams(resource: Resource) -> None:
    resource.request("Create")
    changed = {**OIDC, "Issuer": "https://other.example.com"}
    resource.request("Update", OidcConfig=changed)
    assert resource.described()["OidcConfig"] == changed
    make_team(resource)

    with pytest.raises(WorkforceRefusedError, match="still has work teams"):
        resource.request("Update")


def test_a_new_name_is_refused_before_anything_changes(resource: Resource) -> None:
    resource.request("Create")

    with pytest.raises(WorkforceRefusedError, match="'default' cannot be renamed to 'other'"):
        resource.request("Update", WorkforceName="other")

    assert resource.described()["Status"] == "Active"


def test_deletion_waits_until_it_is_gone_and_may_be_repeated(resource: Resource) -> None:
    resource.request("Create")
    resource.request("Delete")
    resource.request("Delete")

    assert resource.sagemaker.list_workforces()["Workforces"] == []


def test_a_second_workforce_is_refused_with_the_services_words(resource: Resource) -> None:
    resource.request("Create", WorkforceName="theirs")

    with pytest.raises(WorkforceRefusedError, match="Cannot create more than one workforce"):
        resource.request("Create")


def test_the_secret_is_kept_out_of_logs_and_of_errors(
    resource: Resource, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**request: Any) -> None:
        value = request["OidcConfig"]["ClientSecret"]
        raise service_error("ValidationException", f"Value '{value}' at 'oidcConfig.clientSecret'")

    monkeypatch.setattr(resource.sagemaker, "create_workforce", refuse)
    with pytest.raises(WorkforceRefusedError, match="Value '<client secret>' at") as refusal:
        resource.request("Create")

    assert SECRET not in str(refusal.value) + capsys.readouterr().out
    assert refusal.value.__cause__ is None


def test_a_secret_without_text_is_refused_with_the_remedy(resource: Resource) -> None:
    resource.secrets.secret = {"SecretBinary": b"x"}

    with pytest.raises(SecretUnusableError, match="store the client's secret as plain text"):
        resource.request("Create")


def make_team(resource: Resource) -> None:
    resource.sagemaker.create_workteam(
        WorkteamName="team",
        Description="reviews",
        MemberDefinitions=[{"OidcMemberDefinition": {"Groups": ["reviewers"]}}],
    )
