"""AWS::Cognito::UserPoolUser and AWS::Cognito::UserPoolUserToGroupAttachment."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from ministack.services import cognito

from a2i_local.host.adapter.resource_model import Existing, Provisioned, ResourceType, Wanted

_USERNAME_MAX = 128
_GONE = frozenset({"UserNotFoundException", "ResourceNotFoundException"})


class CognitoRefusal(Exception):  # noqa: N818 - CloudFormation shows it as the status reason
    """Cognito refused a call."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{message} (Service: CognitoIdentityProvider, Error Code: {code})")
        self.code = code


class UserPoolUser(ResourceType):
    """A user, made as AdminCreateUser makes it. Ref is the username."""

    type_name = "AWS::Cognito::UserPoolUser"
    create_only = (
        "ClientMetadata",
        "DesiredDeliveryMediums",
        "ForceAliasCreation",
        "MessageAction",
        "UserAttributes",
        "UserPoolId",
        "Username",
        "ValidationData",
    )

    def create(self, wanted: Wanted) -> Provisioned:
        username = wanted.properties.get("Username") or wanted.generated_name(_USERNAME_MAX)
        _call(cognito._admin_create_user, {**wanted.properties, "Username": username})
        return Provisioned(username)

    def delete(self, existing: Existing) -> None:
        pool = existing.properties["UserPoolId"]
        _call_unless_gone(
            cognito._admin_delete_user, {"UserPoolId": pool, "Username": existing.ref}
        )


class UserPoolUserToGroupAttachment(ResourceType):
    """A user's membership in a group. Ref is a name of its own, which no API call accepts."""

    type_name = "AWS::Cognito::UserPoolUserToGroupAttachment"
    create_only = ("GroupName", "UserPoolId", "Username")

    def create(self, wanted: Wanted) -> Provisioned:
        membership = {name: wanted.properties[name] for name in self.create_only}
        _call(cognito._admin_add_user_to_group, membership)
        return Provisioned("|".join(membership.values()))

    def delete(self, existing: Existing) -> None:
        _call_unless_gone(cognito._admin_remove_user_from_group, dict(existing.properties))


def _call(operation: Callable[[dict[str, Any]], Any], request: dict[str, Any]) -> None:
    status, _, body = operation(request)
    if status != HTTPStatus.OK:
        refusal = json.loads(body)
        raise CognitoRefusal(refusal["__type"], refusal["message"])


def _call_unless_gone(operation: Callable[[dict[str, Any]], Any], request: dict[str, Any]) -> None:
    try:
        _call(operation, request)
    except CognitoRefusal as refusal:
        if refusal.code not in _GONE:
            raise
