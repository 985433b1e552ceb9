"""Public app client of a user pool, with which the portal's page signs reviewers in."""

from aws_cdk import Duration
from aws_cdk import aws_cognito as cognito
from constructs import Construct

ACCESS_TOKEN_VALIDITY = Duration.minutes(15)
SESSION = Duration.hours(8)
"""Longest time that the page stays signed in without a password."""
_ROTATION_GRACE = Duration.seconds(30)
"""Time in which a used refresh token is accepted again: its first answer may have been lost."""


def make_portal_client(
    scope: Construct, user_pool: cognito.IUserPool, portal_url: str
) -> cognito.UserPoolClient:
    """Make a client without a secret: the page signs in by authorization code with PKCE.

    Each refresh token is used once. The access token carries no right to change the user.
    Operators, with permission in IAM, sign in by password, for scripts.

    Args:
        scope: Parent.
        user_pool: Whose users sign in.
        portal_url: Where the sign-in page returns to, with a slash at its end.
    """
    return cognito.UserPoolClient(
        scope,
        "PortalClient",
        user_pool=user_pool,
        access_token_validity=ACCESS_TOKEN_VALIDITY,
        id_token_validity=ACCESS_TOKEN_VALIDITY,
        refresh_token_validity=SESSION,
        refresh_token_rotation_grace_period=_ROTATION_GRACE,
        auth_flows=cognito.AuthFlow(admin_user_password=True),
        enable_token_revocation=True,
        generate_secret=False,
        o_auth=cognito.OAuthSettings(
            callback_urls=[portal_url],
            logout_urls=[portal_url],
            flows=cognito.OAuthFlows(authorization_code_grant=True),
            scopes=[cognito.OAuthScope.OPENID],
        ),
        prevent_user_existence_errors=True,
        supported_identity_providers=[cognito.UserPoolClientIdentityProvider.COGNITO],
    )
