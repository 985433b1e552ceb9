"""AWS::SageMaker::HumanTaskUi and AWS::SageMaker::Workteam, by calls of the A2I API."""

from collections.abc import Mapping
from typing import Any, ClassVar

from a2i_local.host.adapter.resource_model import (
    Existing,
    Properties,
    Provisioned,
    UpdatableType,
    Wanted,
)
from a2i_local.host.adapter.sagemaker_calls import SageMakerCalls, given, name_in

_WORK_TEAM_NAME_MAX = 63


class HumanTaskUi(UpdatableType):
    """A worker task template. Ref is its ARN; of its properties only the tags can change."""

    type_name = "AWS::SageMaker::HumanTaskUi"
    gets_stack_tags = True
    create_only = ("HumanTaskUiName", "UiTemplate")

    def __init__(self, calls: SageMakerCalls) -> None:
        self._calls = calls

    def create(self, wanted: Wanted) -> Provisioned:
        self._calls.call("CreateHumanTaskUi", given(wanted.properties, *self.create_only, "Tags"))
        return self._described(wanted)

    def update(self, existing: Existing, wanted: Wanted) -> Provisioned:
        self._calls.update_tags(existing, wanted)
        return self._described(wanted)

    def delete(self, existing: Existing) -> None:
        request = {"HumanTaskUiName": name_in(existing.ref)}
        self._calls.call_unless_gone("DeleteHumanTaskUi", request)
        self._calls.wait_until_gone("DescribeHumanTaskUi", request)

    def _described(self, wanted: Wanted) -> Provisioned:
        request = given(wanted.properties, "HumanTaskUiName")
        found = self._calls.call("DescribeHumanTaskUi", request)
        arn = found["HumanTaskUiArn"]
        created = found["CreationTime"].isoformat()
        return Provisioned(arn, {"HumanTaskUiArn": arn, "CreationTime": created})


class Workteam(UpdatableType):
    """A work team. Ref is its ARN; the type names its members otherwise than the API."""

    type_name = "AWS::SageMaker::Workteam"
    gets_stack_tags = True
    create_only = ("WorkforceName", "WorkteamName")
    _settable: ClassVar = ("Description", "NotificationConfiguration")

    def __init__(self, calls: SageMakerCalls) -> None:
        self._calls = calls

    def create(self, wanted: Wanted) -> Provisioned:
        properties = wanted.properties
        name = properties.get("WorkteamName") or wanted.generated_name(_WORK_TEAM_NAME_MAX)
        request = given(properties, "WorkforceName", *self._settable, "Tags")
        members = _members(properties)
        self._calls.call(
            "CreateWorkteam", {**request, "WorkteamName": name, "MemberDefinitions": members}
        )
        return self._described(name)

    def update(self, existing: Existing, wanted: Wanted) -> Provisioned:
        name = name_in(existing.ref)
        request = given(wanted.properties, *self._settable)
        members = _members(wanted.properties)
        self._calls.call(
            "UpdateWorkteam", {**request, "WorkteamName": name, "MemberDefinitions": members}
        )
        self._calls.update_tags(existing, wanted)
        return self._described(name)

    def delete(self, existing: Existing) -> None:
        self._calls.call_unless_gone("DeleteWorkteam", {"WorkteamName": name_in(existing.ref)})

    def _described(self, name: str) -> Provisioned:
        found = self._calls.call("DescribeWorkteam", {"WorkteamName": name})
        arn = found["Workteam"]["WorkteamArn"]
        return Provisioned(arn, {"WorkteamArn": arn, "WorkteamName": name})


def _members(properties: Properties) -> list[dict[str, Any]]:
    return [_member(definition) for definition in properties["MemberDefinitions"]]


def _member(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return CloudFormation's member definition in the API's names."""
    oidc = definition.get("OidcMemberDefinition")
    if oidc is not None:
        return {"OidcMemberDefinition": {"Groups": oidc["OidcGroups"]}}
    group = definition["CognitoMemberDefinition"]
    return {
        "CognitoMemberDefinition": {
            "UserPool": group["CognitoUserPool"],
            "UserGroup": group["CognitoUserGroup"],
            "ClientId": group["CognitoClientId"],
        }
    }
