"""Workforces and work teams: one workforce, its transitions, the order of deletion."""

from datetime import timedelta
from typing import Any

import pytest

from a2i_core.human_loops.errors import ValidationException
from a2i_local.service import ServiceError
from a2i_local.service.errors import ResourceInUse, ResourceLimitExceeded
from a2i_local.testing import LocalA2I
from a2i_local.testing.local_a2i import CLIENT_ID, GROUP, USER_POOL

SHORTLY = timedelta(seconds=1)
COGNITO = {"UserPool": USER_POOL, "ClientId": CLIENT_ID}
OIDC = {
    "ClientId": "client",
    "ClientSecret": "hush",
    **{
        name: f"https://login.example.com/{name}"
        for name in (
            "Issuer",
            "AuthorizationEndpoint",
            "TokenEndpoint",
            "UserInfoEndpoint",
            "LogoutEndpoint",
            "JwksUri",
        )
    },
}


def _workforce(a2i: LocalA2I) -> dict[str, Any]:
    described: dict[str, Any] = a2i.call("DescribeWorkforce", WorkforceName="default")
    workforce: dict[str, Any] = described["Workforce"]
    return workforce


def _delete_team(a2i: LocalA2I) -> None:
    a2i.call("DeleteWorkteam", WorkteamName="reviewers")


def _replace_workforce(a2i: LocalA2I, **parameters: Any) -> None:
    _delete_team(a2i)
    a2i.call("DeleteWorkforce", WorkforceName="default")
    a2i.advance(SHORTLY)
    a2i.call("CreateWorkforce", WorkforceName="default", **parameters)


def _member(group: str = GROUP, client: str = CLIENT_ID) -> dict[str, Any]:
    return {
        "CognitoMemberDefinition": {
            "UserPool": USER_POOL,
            "ClientId": client,
            "UserGroup": group,
        }
    }


def _create_team(a2i: LocalA2I, name: str, *members: dict[str, Any], **more: Any) -> str:
    team = a2i.call(
        "CreateWorkteam",
        WorkteamName=name,
        Description="d",
        MemberDefinitions=list(members) or [_member()],
        **more,
    )
    return str(team["WorkteamArn"])


def test_describes_a_portal_address_without_scheme(still: LocalA2I) -> None:
    workforce = _workforce(still)
    assert workforce["Status"] == "Active"
    assert workforce["SubDomain"].endswith(".labeling.us-east-1.sagemaker.aws")
    assert "://" not in workforce["SubDomain"]
    assert workforce["SourceIpConfig"] == {"Cidrs": []}
    team = still.call("DescribeWorkteam", WorkteamName="reviewers")["Workteam"]
    assert team["SubDomain"] == workforce["SubDomain"]
    assert team["WorkforceArn"] == workforce["WorkforceArn"]


def test_fails_to_create_a_second_workforce_in_the_region(still: LocalA2I) -> None:
    with pytest.raises(ValidationException, match="Cannot create more than one workforce"):
        still.call("CreateWorkforce", WorkforceName="second", CognitoConfig=COGNITO)
    still.service.call(
        "CreateWorkforce",
        {"WorkforceName": "second", "CognitoConfig": COGNITO},
        account=still.account,
        region="eu-west-1",
    )


@pytest.mark.parametrize(
    "identity",
    [
        {},
        {"CognitoConfig": COGNITO, "OidcConfig": OIDC},
        {"CognitoConfig": {"UserPool": USER_POOL, "ClientId": "missing"}},
    ],
)
def test_fails_to_create_without_one_identity_provider(
    still: LocalA2I, identity: dict[str, Any]
) -> None:
    _delete_team(still)
    still.call("DeleteWorkforce", WorkforceName="default")
    still.advance(SHORTLY)
    with pytest.raises(ValidationException):
        still.call("CreateWorkforce", WorkforceName="default", **identity)


def test_never_tells_the_client_secret(still: LocalA2I) -> None:
    _replace_workforce(still, OidcConfig=OIDC)
    assert _workforce(still)["OidcConfig"] == {
        name: value for name, value in OIDC.items() if name != "ClientSecret"
    }


def test_update_is_updating_then_active(still: LocalA2I) -> None:
    cidrs = {"Cidrs": ["192.0.2.0/24"]}
    answer = still.call("UpdateWorkforce", WorkforceName="default", SourceIpConfig=cidrs)
    assert answer["Workforce"]["Status"] == "Updating"
    with pytest.raises(ServiceError) as caught:
        still.call("UpdateWorkforce", WorkforceName="default", IpAddressType="dualstack")
    assert caught.value.code == "ConflictException"
    still.advance(SHORTLY)
    assert _workforce(still)["SourceIpConfig"] == cidrs
    assert _workforce(still)["Status"] == "Active"


def test_an_empty_vpc_configuration_removes_it(still: LocalA2I) -> None:
    vpc = {"VpcId": "vpc-1", "SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}
    still.call("UpdateWorkforce", WorkforceName="default", WorkforceVpcConfig=vpc)
    still.advance(SHORTLY)
    assert _workforce(still)["WorkforceVpcConfig"]["VpcEndpointId"].startswith("vpce-")
    still.call("UpdateWorkforce", WorkforceName="default", WorkforceVpcConfig={})
    still.advance(SHORTLY)
    assert "WorkforceVpcConfig" not in _workforce(still)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"WorkforceVpcConfig": {"VpcId": "vpc-1"}}, "lacks SecurityGroupIds, Subnets"),
        ({"SourceIpConfig": {"Cidrs": ["192.0.2.0/24"] * 11}}, "at most 10 CIDRs"),
        ({"OidcConfig": OIDC}, "uses Amazon Cognito"),
    ],
)
def test_fails_to_update_to_what_cannot_be(
    still: LocalA2I, change: dict[str, Any], message: str
) -> None:
    before = _workforce(still)
    with pytest.raises(ValidationException, match=message):
        still.call("UpdateWorkforce", WorkforceName="default", **change)
    assert _workforce(still) == before


def test_oidc_can_change_only_without_teams(still: LocalA2I) -> None:
    _replace_workforce(still, OidcConfig=OIDC)
    still.advance(SHORTLY)
    changed = OIDC | {"ClientId": "other"}
    _create_team(still, "oidc", {"OidcMemberDefinition": {"Groups": ["reviewers"]}})
    with pytest.raises(ValidationException, match="still has work teams"):
        still.call("UpdateWorkforce", WorkforceName="default", OidcConfig=changed)
    still.call("DeleteWorkteam", WorkteamName="oidc")
    still.call("UpdateWorkforce", WorkforceName="default", OidcConfig=changed)
    assert _workforce(still)["OidcConfig"]["ClientId"] == "other"


def test_deletion_runs_from_flow_definition_to_workforce(still: LocalA2I) -> None:
    still.create_flow_definition("review", "<crowd-form/>")
    with pytest.raises(ResourceInUse, match="work teams"):
        still.call("DeleteWorkforce", WorkforceName="default")
    with pytest.raises(ResourceInUse, match="flow definition review"):
        _delete_team(still)
    still.call("DeleteFlowDefinition", FlowDefinitionName="review")
    still.advance(SHORTLY)
    assert still.call("DeleteWorkteam", WorkteamName="reviewers") == {"Success": True}
    still.call("DeleteWorkforce", WorkforceName="default")
    assert _workforce(still)["Status"] == "Deleting"
    still.advance(SHORTLY)
    with pytest.raises(ValidationException, match="No workforce"):
        _workforce(still)


def test_fails_to_create_without_a_domain_or_a_secret(still: LocalA2I) -> None:
    still.call("DeleteWorkteam", WorkteamName="reviewers")
    still.call("DeleteWorkforce", WorkforceName="default")
    still.advance(SHORTLY)
    still.host.user_pools_without_domain.add(COGNITO["UserPool"])
    with pytest.raises(ValidationException, match="has no domain"):
        still.call("CreateWorkforce", WorkforceName="default", CognitoConfig=COGNITO)
    still.host.user_pools_without_domain.clear()
    still.host.clients_without_secret.add(COGNITO["ClientId"])
    with pytest.raises(ValidationException, match="has no secret"):
        still.call("CreateWorkforce", WorkforceName="default", CognitoConfig=COGNITO)


def test_fails_to_create_a_team_before_the_workforce_is_active(still: LocalA2I) -> None:
    _replace_workforce(still, CognitoConfig=COGNITO)
    with pytest.raises(ValidationException, match="Initializing"):
        _create_team(still, "early")


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([_member(group="missing")], "user group missing does not exist"),
        ([_member(), _member(client="other")], "must be those of the workforce"),
        ([{}], "exactly one of"),
        ([{"OidcMemberDefinition": {"Groups": ["a"]}}], "uses Amazon Cognito"),
    ],
)
def test_fails_to_create_a_team_of_members_that_do_not_fit(
    still: LocalA2I, members: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(ValidationException, match=message):
        _create_team(still, "team", *members)


def test_fails_to_create_a_team_for_another_workforce(still: LocalA2I) -> None:
    with pytest.raises(ValidationException, match="No workforce found with name other"):
        _create_team(still, "team", WorkforceName="other")


def test_fails_to_create_more_than_25_teams(still: LocalA2I) -> None:
    for number in range(24):
        _create_team(still, f"team-{number}")
    with pytest.raises(ResourceLimitExceeded):
        _create_team(still, "one-more")


def test_updates_a_team_in_part(still: LocalA2I) -> None:
    answer = still.call("UpdateWorkteam", WorkteamName="reviewers", Description="new")
    assert answer["Workteam"]["Description"] == "new"
    assert answer["Workteam"]["MemberDefinitions"] == [_member()]
    with pytest.raises(ValidationException):
        still.call(
            "UpdateWorkteam", WorkteamName="reviewers", MemberDefinitions=[_member("missing")]
        )


def test_lists_teams_sorted_and_filtered(still: LocalA2I) -> None:
    for name in ("b-team", "a-team"):
        still.advance(SHORTLY)
        _create_team(still, name)

    def names(**parameters: Any) -> list[str]:
        teams = still.call("ListWorkteams", **parameters)["Workteams"]
        return [team["WorkteamName"] for team in teams]

    assert names() == ["reviewers", "b-team", "a-team"]
    assert names(SortBy="Name", NameContains="team") == ["a-team", "b-team"]
    assert names(SortOrder="Descending", MaxResults=1) == ["a-team"]


@pytest.mark.parametrize("cidr", ["s::/0", "::d.d.d.d/0", "fe80::1%%/64"])
def test_fails_to_close_the_portal_by_what_is_no_range(still: LocalA2I, cidr: str) -> None:
    with pytest.raises(ValidationException, match="is not a range of IP addresses"):
        still.call(
            "UpdateWorkforce",
            WorkforceName="default",
            SourceIpConfig={"Cidrs": ["10.0.0.0/8", cidr]},
        )


def test_the_app_client_is_written_late_in_both_creations(still: LocalA2I) -> None:
    """What was set before is lost: whoever sets sign-in has to follow the team."""
    settings = still.host.client_settings
    _replace_workforce(still, CognitoConfig=COGNITO)
    settings.clear()
    still.advance(SHORTLY)
    portal = f"https://{_workforce(still)['SubDomain']}"
    written = settings.pop((USER_POOL, CLIENT_ID))
    assert written["CallbackURLs"] == [f"{portal}/oauth2/idpresponse"]
    assert written["LogoutURLs"] == []

    _create_team(still, "experts", _member())
    assert settings == {(USER_POOL, CLIENT_ID): written}
