"""Sign-in to a Cognito user pool, as its hosted page does it.

The password is checked by the user pool itself. That works with any app client: which flows it
allows to SDKs does not concern the hosted page.
"""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from ministack.services import cognito

from a2i_local.service.host import (
    Challenge,
    Credentials,
    Invitation,
    Member,
    PasswordRefused,
    SignInRefused,
)

_INVITED = "FORCE_CHANGE_PASSWORD"
Request = dict[str, Any]


def sign_in(user_pool_id: str, client_id: str, credentials: Credentials) -> Member | Challenge:
    """Return the user, or the challenge that `credentials` do not answer yet."""
    user = _user_with_password(user_pool_id, credentials.username)
    names = {"UserPoolId": user_pool_id, "ClientId": client_id}
    answer = _call(
        cognito._admin_initiate_auth,
        {
            **names,
            "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": user["Username"], "PASSWORD": credentials.password},
        },
    )
    while "ChallengeName" in answer:
        challenge = Challenge(answer["ChallengeName"])
        responses = _responses(challenge, credentials)
        if responses is None:
            return challenge
        _check_new_password(user_pool_id, credentials, challenge)
        responses["USERNAME"] = user["Username"]
        answer = _call(
            cognito._admin_respond_to_auth_challenge,
            {
                **names,
                "ChallengeName": challenge,
                "Session": answer["Session"],
                "ChallengeResponses": responses,
            },
        )
    return member_of(user)


def invitations() -> list[Invitation]:
    """Return the users of all pools who still have their temporary password."""
    return [
        Invitation(user["Username"], member_of(user).email, user["_password"])
        for _, pool in list(cognito._user_pools.all_items())
        for user in list(pool["_users"].values())
        if user["Enabled"] and user["UserStatus"] == _INVITED
    ]


def member_of(user: dict[str, Any]) -> Member:
    """Return MiniStack's record of a user as a Member."""
    attributes = {item["Name"]: item["Value"] for item in user["Attributes"]}
    return Member(sub=attributes["sub"], username=user["Username"], email=attributes.get("email"))


def _user_with_password(user_pool_id: str, username: str) -> dict[str, Any]:
    """Return the user; one without a password of its own signs in elsewhere."""
    pool, _ = cognito._resolve_pool(user_pool_id)
    user, _ = cognito._resolve_user(pool, username) if pool else (None, None)
    if user is None or not user.get("_password"):
        raise SignInRefused(f"the user pool {user_pool_id} has no user {username} with a password")
    found: dict[str, Any] = user
    return found


def _responses(challenge: Challenge, credentials: Credentials) -> dict[str, str] | None:
    """Return what answers the challenge; None if the person was not asked yet."""
    if challenge is Challenge.NEW_PASSWORD_REQUIRED:
        new_password = credentials.new_password
        return None if new_password is None else {"NEW_PASSWORD": new_password}
    code = credentials.mfa_code
    return None if code is None else {"SOFTWARE_TOKEN_MFA_CODE": code}


def _check_new_password(user_pool_id: str, credentials: Credentials, challenge: Challenge) -> None:
    """Hold the new password to the pool's policy; MiniStack does so everywhere but here."""
    if challenge is Challenge.NEW_PASSWORD_REQUIRED:
        pool, _ = cognito._resolve_pool(user_pool_id)
        violations = cognito._password_policy_errors(pool, credentials.new_password)
        if violations:
            raise PasswordRefused("; ".join(violations))


def _call(operation: Callable[[Request], Any], request: Request) -> dict[str, Any]:
    status, _, body = operation(request)
    answer: dict[str, Any] = json.loads(body)
    if status != HTTPStatus.OK:
        raise SignInRefused(answer["message"])
    return answer
