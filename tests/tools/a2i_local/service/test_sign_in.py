"""Sign-in to the portal, by user and by source address."""

from datetime import timedelta

import pytest

from a2i_core.human_loops.errors import NotATeamMember, SourceIpNotAllowed
from a2i_local.service import Member
from a2i_local.service.errors import InvalidPassword, NotAuthorized
from a2i_local.service.host import Challenge, Credentials, Invitation
from a2i_local.service.reviewers import Reviewer
from a2i_local.service.sign_in import SignIn
from a2i_local.testing import LocalA2I
from a2i_local.testing.local_a2i import GROUP, USER_POOL

HERE = "127.0.0.1"


@pytest.fixture
def sign_in(still: LocalA2I) -> SignIn:
    still.host.passwords[USER_POOL, "worker-1"] = "right"
    return still.service.sign_in


def test_the_right_password_makes_a_reviewer(sign_in: SignIn) -> None:
    reviewer = sign_in.sign_in(Credentials("worker-1", "right"), source_ip=HERE)

    assert reviewer == Reviewer("worker-1@example.com", USER_POOL, "worker-1-sub", HERE)


@pytest.mark.parametrize(("name", "password"), [("worker-1", "wrong"), ("nobody", "right")])
def test_a_wrong_name_is_refused_as_a_wrong_password_is(
    sign_in: SignIn, name: str, password: str
) -> None:
    with pytest.raises(NotAuthorized, match=r"^incorrect user name or password$"):
        sign_in.sign_in(Credentials(name, password), source_ip=HERE)


def test_a_temporary_password_must_be_replaced(still: LocalA2I, sign_in: SignIn) -> None:
    still.host.temporary_passwords[USER_POOL, "worker-2"] = "temporary"
    first = Credentials("worker-2", "temporary")

    assert sign_in.invitations() == [Invitation("worker-2", "worker-2@example.com", "temporary")]
    assert sign_in.sign_in(first, source_ip=HERE) is Challenge.NEW_PASSWORD_REQUIRED
    with pytest.raises(InvalidPassword, match="greater than or equal to 8"):
        sign_in.sign_in(Credentials("worker-2", "temporary", "short"), source_ip=HERE)
    sign_in.sign_in(Credentials("worker-2", "temporary", "long enough"), source_ip=HERE)
    assert sign_in.invitations() == []
    assert isinstance(
        sign_in.sign_in(Credentials("worker-2", "long enough"), source_ip=HERE), Reviewer
    )


def test_a_user_in_no_work_team_is_refused(still: LocalA2I, sign_in: SignIn) -> None:
    still.host.groups[USER_POOL, "others"] = [Member("eve-sub", "eve")]
    still.host.passwords[USER_POOL, "eve"] = "right"

    with pytest.raises(NotATeamMember, match="eve is not a member of any work team"):
        sign_in.sign_in(Credentials("eve", "right"), source_ip=HERE)


def test_whoever_left_the_team_is_refused_at_the_next_request(
    still: LocalA2I, sign_in: SignIn
) -> None:
    reviewer = sign_in.sign_in(Credentials("worker-1", "right"), source_ip=HERE)
    assert isinstance(reviewer, Reviewer)
    tasks = still.service.worker_tasks
    assert tasks.list(reviewer) == []

    still.host.groups[USER_POOL, GROUP] = still.host.groups[USER_POOL, GROUP][1:]

    with pytest.raises(NotATeamMember):
        tasks.list(reviewer)


def test_a_new_user_of_the_same_name_does_not_inherit_the_session(
    still: LocalA2I, sign_in: SignIn
) -> None:
    reviewer = sign_in.sign_in(Credentials("worker-1", "right"), source_ip=HERE)
    assert isinstance(reviewer, Reviewer)
    still.host.groups[USER_POOL, GROUP] = [Member("other", "worker-1", "worker-1@example.com")]

    with pytest.raises(NotATeamMember):
        still.service.worker_tasks.list(reviewer)


def test_the_user_of_another_pool_is_somebody_else(still: LocalA2I) -> None:
    with pytest.raises(NotATeamMember):
        still.service.worker_tasks.list(Reviewer("worker-1", "us-east-1_other", "worker-1-sub"))


@pytest.mark.parametrize(
    ("cidr", "address"),
    [
        ("127.0.0.1/32", "127.0.0.1"),
        ("10.1.2.3/8", "10.255.0.1"),
        ("::1/128", "::1"),
    ],
)
def test_an_address_inside_the_ranges_is_let_in(
    still: LocalA2I, sign_in: SignIn, cidr: str, address: str
) -> None:
    _set_cidrs(still, "192.0.2.0/24", cidr)

    sign_in.check_address(address)
    sign_in.sign_in(Credentials("worker-1", "right"), source_ip=address)


@pytest.mark.parametrize("address", ["127.0.0.1", "192.0.3.1", "::1"])
def test_an_address_outside_the_ranges_finds_nothing(
    still: LocalA2I, sign_in: SignIn, flow: str, address: str
) -> None:
    still.start("loop", flow, {"text": "a"})
    (task,) = still.service.worker_tasks.list("worker-1")
    _set_cidrs(still, "192.0.2.0/24")
    outside = Reviewer("worker-1", source_ip=address)
    tasks = still.service.worker_tasks

    for refused in (
        lambda: sign_in.check_address(address),
        lambda: sign_in.sign_in(Credentials("worker-1", "right"), source_ip=address),
        lambda: tasks.list(outside),
        lambda: tasks.show(task.id, outside),
        lambda: tasks.submit(task.id, outside, {}),
    ):
        with pytest.raises(SourceIpNotAllowed, match=rf"{address} .* 192\.0\.2\.0/24") as refusal:
            refused()
        assert refusal.value.http_status == 404


def test_without_ranges_everybody_may_come(still: LocalA2I, sign_in: SignIn) -> None:
    sign_in.check_address("203.0.113.9")
    _set_cidrs(still, "192.0.2.0/24")
    still.call("UpdateWorkforce", WorkforceName="default", SourceIpConfig={"Cidrs": []})
    sign_in.check_address("203.0.113.9")


def test_an_oidc_team_has_nobody_to_sign_in_and_takes_group_and_name() -> None:
    still = LocalA2I()
    with_oidc_team(still)
    tasks = still.service.worker_tasks

    assert not still.service.sign_in.is_possible
    assert tasks.list("reviewers/ann") == []
    for stranger in ("ann", "others/ann", "reviewers/", Reviewer("reviewers/ann", "p", "s")):
        with pytest.raises(NotATeamMember):
            tasks.list(stranger)


def test_the_answer_of_an_oidc_worker_names_the_issuer() -> None:
    still = LocalA2I()
    with_oidc_team(still)
    flow = still.create_flow_definition("review", "<crowd-form></crowd-form>")
    still.start("loop", flow, {})
    still.submit("loop", {"a": "b"}, worker="reviewers/ann")

    (answer,) = still.output("loop")["humanAnswers"]
    assert answer["workerMetadata"]["identityData"] == {
        "identityProviderType": "Oidc",
        "issuer": "https://idp.example.com",
        "sub": "ann",
    }


def with_oidc_team(a2i: LocalA2I) -> None:
    """Replace the Cognito workforce by an OIDC one with the team `reviewers`."""
    a2i.call("DeleteWorkteam", WorkteamName="reviewers")
    a2i.call("DeleteWorkforce", WorkforceName="default")
    a2i.advance(timedelta(seconds=1))
    urls = ("AuthorizationEndpoint", "TokenEndpoint", "UserInfoEndpoint", "LogoutEndpoint")
    oidc = {
        "ClientId": "id",
        "ClientSecret": "secret",
        "Issuer": "https://idp.example.com",
        "JwksUri": "https://idp.example.com/jwks",
        **{name: f"https://idp.example.com/{name}" for name in urls},
    }
    a2i.call("CreateWorkforce", WorkforceName="oidc", OidcConfig=oidc)
    a2i.advance(timedelta(seconds=1))
    a2i.call(
        "CreateWorkteam",
        WorkteamName="reviewers",
        WorkforceName="oidc",
        Description="Reviewers",
        MemberDefinitions=[{"OidcMemberDefinition": {"Groups": ["reviewers"]}}],
    )


def _set_cidrs(a2i: LocalA2I, *cidrs: str) -> None:
    a2i.call("UpdateWorkforce", WorkforceName="default", SourceIpConfig={"Cidrs": list(cidrs)})
    a2i.advance(timedelta(seconds=1))
