"""A policy for the roles below a path covers them and no others."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from a2i_local.host import LocalAws
from a2i_local.host.clients import make_client

pytestmark = pytest.mark.local_aws


@pytest.fixture(scope="module")
def limited(client: Callable[[str], Any], local_aws: LocalAws) -> Any:
    """IAM as a role sees it that may list the policies of roles below /team/."""
    iam = client("iam")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    for name, path in (("caller", "/"), ("inside", "/team/blue/"), ("outside", "/")):
        iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=document)
    allowed = {
        "Effect": "Allow",
        "Action": "iam:ListRolePolicies",
        "Resource": "arn:aws:iam::123456789012:role/team/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName="caller", PolicyName="allowed", PolicyDocument=policy)
    arn = iam.get_role(RoleName="caller")["Role"]["Arn"]
    session = client("sts").assume_role(RoleArn=arn, RoleSessionName="test")
    return make_client("iam", local_aws.environment, session["Credentials"])


def test_role_below_the_path_is_allowed(limited: Any) -> None:
    assert limited.list_role_policies(RoleName="inside")["PolicyNames"] == []


@pytest.mark.parametrize("name", ["outside", "missing"])
def test_any_other_role_is_refused(limited: Any, name: str) -> None:
    with pytest.raises(ClientError, match="not authorized to perform: iam:ListRolePolicies"):
        limited.list_role_policies(RoleName=name)
