"""Sign-in at the portal against the user pools of the local AWS, made and changed with boto3."""

import base64
import hashlib
import hmac
import struct
import time
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3

from a2i_local.host import LocalAws
from a2i_local.host.clients import invitations_of
from tests.tools.a2i_local.host.review_account import (
    GROUP,
    TEMPORARY,
    PortalSession,
    ReviewAccount,
    wait_until,
)

pytestmark = pytest.mark.local_aws

CHOSEN = "Chosen-secret-1"


@pytest.fixture(scope="module")
def account() -> Iterator[ReviewAccount]:
    with LocalAws.start(sign_in_required=True) as aws:
        yield ReviewAccount.make(aws)


@pytest.fixture
def browser(account: ReviewAccount) -> PortalSession:
    return PortalSession(account.aws.portal_url)


def signed_in(account: ReviewAccount, email: str) -> PortalSession:
    """Invite a reviewer, who signs in for the first time."""
    account.invite(email)
    session = PortalSession(account.aws.portal_url)
    status, answer = session.sign_in(email, TEMPORARY, newPassword=CHOSEN)
    assert (status, answer) == (200, {"name": email})
    return session


def test_an_invited_user_chooses_a_password_and_answers(
    account: ReviewAccount, browser: PortalSession
) -> None:
    account.invite("ann@example.com")
    invited = {row["email"]: row["temporaryPassword"] for row in _invitations(account)}

    assert browser.sign_in("ann@example.com", str(invited["ann@example.com"])) == (
        200,
        {"challenge": "NEW_PASSWORD_REQUIRED"},
    )
    status, answer = browser.sign_in("ann@example.com", TEMPORARY, newPassword="short")
    assert (status, answer["error"]["code"]) == (400, "InvalidPassword")
    assert "length" in answer["error"]["message"]
    assert browser.sign_in("ann@example.com", TEMPORARY, newPassword=CHOSEN)[0] == 200
    assert "ann@example.com" not in {row["email"] for row in _invitations(account)}

    account.start("by-ann", text="a")
    path = f"tasks/{browser.task('by-ann')}/submit"
    assert browser.call("POST", path, {"answerContent": {"answer": "a"}})[0] == 200
    identity = account.output("by-ann")["humanAnswers"][0]["workerMetadata"]["identityData"]
    assert identity["issuer"].endswith(f"/{account.user_pool}")
    assert identity["sub"] == _attributes(account, "ann@example.com")["sub"]


def test_the_old_passwords_are_worth_nothing(
    account: ReviewAccount, browser: PortalSession
) -> None:
    signed_in(account, "old@example.com")
    for password in (TEMPORARY, "wrong", CHOSEN.lower()):
        status, answer = browser.sign_in("old@example.com", password)
        assert (status, answer["error"]["code"]) == (401, "NotAuthorized")
    assert browser.sign_in("old@example.com", CHOSEN)[0] == 200


def test_a_user_outside_the_team_s_group_is_refused(
    account: ReviewAccount, browser: PortalSession
) -> None:
    account.invite("eve@example.com", member=False)
    status, answer = browser.sign_in("eve@example.com", TEMPORARY, newPassword=CHOSEN)
    assert (status, answer["error"]["code"]) == (403, "NotATeamMember")
    assert browser.call("GET", "tasks")[0] == 401


@pytest.mark.parametrize(
    "operation", ["admin_disable_user", "admin_delete_user", "admin_remove_user_from_group"]
)
def test_who_is_disabled_or_removed_is_out_at_the_next_request(
    account: ReviewAccount, operation: str
) -> None:
    email = f"{operation.replace('_', '-')}@example.com"
    session = signed_in(account, email)
    assert session.call("GET", "tasks")[0] == 200

    group = {"GroupName": GROUP} if operation.endswith("group") else {}
    change = getattr(account.client("cognito-idp"), operation)
    change(UserPoolId=account.user_pool, Username=email, **group)

    assert session.call("GET", "tasks")[0] == 403
    assert session.sign_in(email, CHOSEN)[0] in {401, 403}


def test_an_authenticator_app_is_asked_for_its_code(account: ReviewAccount) -> None:
    session = signed_in(account, "totp@example.com")
    secret = _enrol_totp(account, "totp@example.com")

    asked = session.sign_in("totp@example.com", CHOSEN)
    assert asked == (200, {"challenge": "SOFTWARE_TOKEN_MFA"})
    assert session.sign_in("totp@example.com", CHOSEN, mfaCode="000000")[0] == 401
    assert session.sign_in("totp@example.com", CHOSEN, mfaCode=_totp(secret))[0] == 200


def test_scripts_cannot_name_a_reviewer_where_sign_in_is_required(
    account: ReviewAccount, browser: PortalSession
) -> None:
    assert browser.call("GET", "tasks?worker=ann@example.com")[0] == 401


def test_ip_ranges_open_and_close_the_portal(
    account: ReviewAccount, browser: PortalSession
) -> None:
    session = signed_in(account, "ranges@example.com")
    sagemaker = account.client("sagemaker")
    portal = account.aws.portal_url

    def set_ranges(*cidrs: str) -> None:
        sagemaker.update_workforce(WorkforceName="default", SourceIpConfig={"Cidrs": list(cidrs)})
        wait_until(
            lambda: (
                sagemaker.describe_workforce(WorkforceName="default")["Workforce"]["Status"]
                == "Active"
            )
        )

    set_ranges("10.0.0.0/8")
    page = urllib3.request("GET", portal, headers={"X-Forwarded-For": "10.1.1.1"})
    assert page.status == 404
    assert session.call("GET", "tasks")[0] == 404
    assert browser.sign_in("ranges@example.com", CHOSEN)[0] == 404
    set_ranges("10.0.0.0/8", "127.0.0.1/32")
    assert urllib3.request("GET", portal).status == 200
    assert session.call("GET", "tasks")[0] == 200
    set_ranges()


def _invitations(account: ReviewAccount) -> list[dict[str, str | None]]:
    return invitations_of(account.aws.environment)


def _attributes(account: ReviewAccount, email: str) -> dict[str, str]:
    user = account.client("cognito-idp").admin_get_user(
        UserPoolId=account.user_pool, Username=email
    )
    return {item["Name"]: item["Value"] for item in user["UserAttributes"]}


def _enrol_totp(account: ReviewAccount, email: str) -> str:
    """Do what an authenticator app does when it is set up; returns its secret."""
    cognito = account.client("cognito-idp")
    cognito.set_user_pool_mfa_config(
        UserPoolId=account.user_pool,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    app = cognito.create_user_pool_client(
        UserPoolId=account.user_pool,
        ClientName="enrolment",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]["ClientId"]
    tokens: dict[str, Any] = cognito.initiate_auth(
        ClientId=app,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": email, "PASSWORD": CHOSEN},
    )["AuthenticationResult"]
    access = tokens["AccessToken"]
    secret: str = cognito.associate_software_token(AccessToken=access)["SecretCode"]
    cognito.verify_software_token(AccessToken=access, UserCode=_totp(secret))
    cognito.set_user_mfa_preference(
        AccessToken=access, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
    )
    return secret


def _totp(secret: str) -> str:
    """The code of RFC 6238 for this half minute."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
