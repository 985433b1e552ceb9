"""The invitation text of a Cognito user pool.

UpdateUserPool resets whatever it is not given, so what the pool has is read and sent back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


@dataclass(frozen=True)
class UserPool:
    """A pool of the stack's own."""

    cognito: CognitoIdentityProviderClient
    id: str

    def set_invitation(self, message: Mapping[str, str]) -> None:
        """Set subject and text of invitations; all other settings stay."""
        present: dict[str, Any] = dict(
            self.cognito.describe_user_pool(UserPoolId=self.id)["UserPool"]
        )
        # Replaced by TemporaryPasswordValidityDays, with which Cognito refuses it.
        creation = {
            name: value
            for name, value in present.get("AdminCreateUserConfig", {}).items()
            if name != "UnusedAccountValidityDays"
        }
        self.cognito.update_user_pool(
            **{
                **{name: present[name] for name in self._settable() if present.get(name)},
                "UserPoolId": self.id,
                "AdminCreateUserConfig": {**creation, "InviteMessageTemplate": {**message}},
            }
        )

    def _settable(self) -> set[str]:
        """Parameters of UpdateUserPool; DescribeUserPool returns more than that."""
        operation = self.cognito.meta.service_model.operation_model("UpdateUserPool")
        assert operation.input_shape  # noqa: S101  # every operation of Cognito has one
        return set(operation.input_shape.members)
