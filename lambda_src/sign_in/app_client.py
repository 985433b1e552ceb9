"""The sign-in settings of a Cognito app client.

UpdateUserPoolClient resets whatever it is not told, so what the client has is read and sent back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

# What DescribeUserPoolClient tells and UpdateUserPoolClient does not take.
_READ_ONLY = {"ClientSecret", "CreationDate", "LastModifiedDate"}


@dataclass(frozen=True)
class AppClient:
    cognito: CognitoIdentityProviderClient
    user_pool_id: str
    client_id: str

    def allow_portal(self, sub_domain: str) -> None:
        """Let reviewers sign in to the portal by code; addresses that are there already stay."""
        present: dict[str, Any] = dict(
            self.cognito.describe_user_pool_client(
                UserPoolId=self.user_pool_id, ClientId=self.client_id
            )["UserPoolClient"]
        )
        kept = {
            name: value
            for name, value in present.items()
            if name not in _READ_ONLY and value != ""  # told as empty, refused as empty
        }
        portal = f"https://{sub_domain}"
        self.cognito.update_user_pool_client(
            **{
                **kept,
                "AllowedOAuthFlowsUserPoolClient": True,
                "AllowedOAuthFlows": _with(present.get("AllowedOAuthFlows"), "code"),
                "AllowedOAuthScopes": _with(
                    present.get("AllowedOAuthScopes"), "email", "openid", "profile"
                ),
                "CallbackURLs": _with(present.get("CallbackURLs"), f"{portal}/oauth2/idpresponse"),
                "LogoutURLs": _with(present.get("LogoutURLs"), f"{portal}/logout"),
                "SupportedIdentityProviders": _with(
                    present.get("SupportedIdentityProviders"), "COGNITO"
                ),
            }
        )


def _with(present: list[str] | None, *wanted: str) -> list[str]:
    return sorted({*(present or ()), *wanted})
