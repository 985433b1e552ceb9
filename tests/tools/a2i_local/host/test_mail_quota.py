"""The 50 messages a day that Cognito sends by itself."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.local_aws


def invite(cognito: Any, pool: str, name: str, **more: str) -> None:
    email = f"{name}@example.com"
    attributes = [{"Name": "email", "Value": email}]
    cognito.admin_create_user(UserPoolId=pool, Username=name, UserAttributes=attributes, **more)


def test_the_51st_invitation_of_a_day_is_refused_and_leaves_its_user(
    client: Callable[[str], Any],
) -> None:
    cognito = client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="people")["UserPool"]["Id"]
    for number in range(50):
        invite(cognito, pool, f"worker-{number}")

    for more in ({}, {"MessageAction": "RESEND"}):
        with pytest.raises(ClientError, match="daily email limit") as refusal:
            invite(cognito, pool, "late", **more)
        assert refusal.value.response["Error"]["Code"] == "LimitExceededException"

    invite(cognito, pool, "silent", MessageAction="SUPPRESS")
    found = cognito.admin_get_user(UserPoolId=pool, Username="late")
    assert found["UserStatus"] == "FORCE_CHANGE_PASSWORD"
