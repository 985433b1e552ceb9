"""The region's one workforce: in the way of a new one, or there to be adopted."""

from __future__ import annotations

from typing import Any

import pytest

from a2i_shared import aws_clients
from a2i_shared.errors import WorkforceExistsError, WorkforceNotFoundError
from tests.lambda_src.invocation import lambda_context
from workforce_lookup import on_event

ARN = "arn:aws:sagemaker:us-east-1:123456789012:workforce/default"
COGNITO: dict[str, Any] = {
    "WorkforceName": "default",
    "WorkforceArn": ARN,
    "SubDomain": "abc.labeling.us-east-1.sagemaker.aws",
    "CognitoConfig": {"UserPool": "us-east-1_pool", "ClientId": "client"},
}
OIDC: dict[str, Any] = {
    "WorkforceName": "default",
    "WorkforceArn": ARN,
    "OidcConfig": {"ClientId": "client"},
}


class FakeServices:
    """SageMaker's workforces and CloudFormation's list of the stack's resources."""

    def __init__(self) -> None:
        self.workforces: list[dict[str, Any]] = []
        self.resources: list[dict[str, str]] = []

    def list_workforces(self, **_: Any) -> dict[str, Any]:
        return {"Workforces": self.workforces}

    def get_paginator(self, _operation: str) -> FakeServices:
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        return [{"StackResourceSummaries": self.resources}]


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> FakeServices:
    made = FakeServices()
    for name in ("sagemaker", "cloudformation"):
        monkeypatch.setattr(aws_clients, name, lambda: made)
    return made


def ask(resource_type: str, request_type: str = "Create", **properties: str) -> dict[str, Any]:
    event = {
        "RequestType": request_type,
        "ResourceType": f"Custom::{resource_type}",
        "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/S/0a1b2c3d-1-2-3-4",
        "LogicalResourceId": "Lookup",
        "ResourceProperties": properties,
    }
    return on_event.lambda_handler(event, lambda_context())


def adopt(identity: str = "cognito", name: str = "default") -> dict[str, Any]:
    return ask("A2IAdoptedWorkforce", WorkforceName=name, Identity=identity)


def preflight(
    request_type: str = "Create", name: str = "default", identity: str = "cognito"
) -> dict[str, Any]:
    return ask("A2IWorkforcePreflight", request_type, WorkforceName=name, Identity=identity)


def resource(
    physical_id: str, status: str = "CREATE_COMPLETE", kind: str = "AWS::SageMaker::Workforce"
) -> dict[str, str]:
    return {
        "ResourceType": kind,
        "PhysicalResourceId": physical_id,
        "ResourceStatus": status,
    }


@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_a_region_without_workforce_may_get_one(services: FakeServices, request_type: str) -> None:
    assert preflight(request_type) == {"PhysicalResourceId": "Lookup"}


@pytest.mark.parametrize("request_type", ["Create", "Update"])
@pytest.mark.parametrize(
    ("existing", "settings"),
    [
        (COGNITO, '{"mode": "adopt", "name": "default", "identity": "cognito"}'),
        (OIDC, '{"mode": "adopt", "name": "default", "identity": "oidc", "groups": ["<GROUP>"]}'),
    ],
)
def test_a_workforce_in_the_way_is_named_with_the_settings_that_adopt_it(
    services: FakeServices, existing: dict[str, Any], settings: str, request_type: str
) -> None:
    services.workforces = [existing]
    with pytest.raises(WorkforceExistsError, match="'default' exists already") as refused:
        preflight(request_type)
    assert f"set a2i.workforce to {settings}" in str(refused.value)
    construct = "AdoptedWorkforce" if existing is COGNITO else "AdoptedOidcWorkforce"
    own_app = f'in an app of your own, define {construct}(self, "Workforce", workforce_name='
    assert f'{own_app}"default")' in str(refused.value)


@pytest.mark.parametrize("physical_id", ["default", ARN])
@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_the_stacks_own_workforce_is_not_in_the_way(
    services: FakeServices, physical_id: str, request_type: str
) -> None:
    services.workforces = [COGNITO]
    services.resources = [resource(physical_id)]
    preflight(request_type)


@pytest.mark.parametrize("status", ["DELETE_SKIPPED", "DELETE_COMPLETE"])
def test_one_that_the_stack_has_left_behind_is_in_the_way(
    services: FakeServices, status: str
) -> None:
    services.workforces = [COGNITO]
    services.resources = [resource(ARN, status)]
    with pytest.raises(WorkforceExistsError, match='"mode": "adopt"'):
        preflight()


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"name": "other"}, "got 'other' with cognito"),
        ({"identity": "oidc"}, "got 'default' with oidc"),
    ],
)
def test_the_stacks_own_workforce_cannot_become_another(
    services: FakeServices, wanted: dict[str, str], words: str
) -> None:
    services.workforces = [COGNITO]
    services.resources = [resource(ARN)]
    with pytest.raises(WorkforceExistsError, match=words) as refused:
        preflight("Update", **wanted)
    assert 'keep a2i.workforce.mode "create" and name "default"' in str(refused.value)
    assert 'in an app of your own, keep PrivateWorkforce with workforce_name="default"' in str(
        refused.value
    )


def test_an_adopted_workforce_tells_what_a_team_needs(services: FakeServices) -> None:
    services.workforces = [COGNITO]
    assert adopt()["Data"] == {
        "WorkforceName": "default",
        "WorkforceArn": ARN,
        "SubDomain": "abc.labeling.us-east-1.sagemaker.aws",
        "UserPoolId": "us-east-1_pool",
        "ClientId": "client",
    }


@pytest.mark.parametrize(
    ("existing", "message"),
    [
        ([], "the region has none"),
        ([{**COGNITO, "WorkforceName": "other"}], "the region's is 'other'"),
        ([OIDC], "signs workers in with oidc, not cognito"),
    ],
)
def test_what_cannot_be_adopted_is_refused_with_the_remedy(
    services: FakeServices, existing: list[dict[str, Any]], message: str
) -> None:
    services.workforces = existing
    with pytest.raises(WorkforceNotFoundError, match=message) as refused:
        adopt()
    assert "set a2i.workforce" in str(refused.value)
    assert "; in an app of your own, " in str(refused.value)


@pytest.mark.parametrize("resource_type", ["A2IWorkforcePreflight", "A2IAdoptedWorkforce"])
def test_deleting_asks_nothing(services: FakeServices, resource_type: str) -> None:
    services.workforces = [{**COGNITO, "WorkforceName": "other"}]
    assert ask(resource_type, "Delete") == {"PhysicalResourceId": "Lookup"}


def test_a_workforce_with_an_identity_provider_is_the_stacks_own_by_its_name(
    services: FakeServices,
) -> None:
    services.workforces = [OIDC]
    services.resources = [resource("default", kind="Custom::A2IOidcWorkforce")]
    assert preflight("Update", identity="oidc") == {"PhysicalResourceId": "Lookup"}

    services.resources = [resource("default", "DELETE_SKIPPED", kind="Custom::A2IOidcWorkforce")]
    with pytest.raises(WorkforceExistsError):
        preflight("Update", identity="oidc")
