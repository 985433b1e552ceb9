"""Reviews in two regions of one local AWS, which share the portal and nothing else."""

from collections.abc import Iterator

import pytest

from a2i_local.host import LocalAws
from tests.tools.a2i_local.host.review_account import TEMPORARY, PortalSession, ReviewAccount

pytestmark = pytest.mark.local_aws

REVIEWER = "ann@example.com"
PASSWORDS = {"us-east-1": "Chosen-in-east-1", "eu-west-1": "Chosen-in-west-1"}


@pytest.fixture(scope="module")
def accounts() -> Iterator[dict[str, ReviewAccount]]:
    """A workforce in each region, with a user of the same e-mail address in both."""
    with LocalAws.start() as aws:
        yield {region: ReviewAccount.make(aws, region=region) for region in PASSWORDS}


def signed_in(account: ReviewAccount) -> PortalSession:
    session = PortalSession(account.aws.portal_url)
    status, _ = session.sign_in(REVIEWER, PASSWORDS[account.region])
    assert status == 200
    return session


def test_the_password_says_whose_tasks_are_shown(accounts: dict[str, ReviewAccount]) -> None:
    for region, account in accounts.items():
        account.invite(REVIEWER)
        first = PortalSession(account.aws.portal_url)
        chosen = PASSWORDS[region]
        assert first.sign_in(REVIEWER, TEMPORARY, newPassword=chosen)[0] == 200
        account.start(f"loop-{region}", text=region)

    for region, account in accounts.items():
        session = signed_in(account)
        task = session.task(f"loop-{region}")
        assert [each["id"] for each in session.call("GET", "tasks")[1]["tasks"]] == [task]
        body = {"answerContent": {"answer": region}}
        assert session.call("POST", f"tasks/{task}/submit", body)[0] == 200
        (answer,) = account.output(f"loop-{region}")["humanAnswers"]
        identity = answer["workerMetadata"]["identityData"]
        assert identity["issuer"].startswith(
            f"https://cognito-idp.{region}.amazonaws.com/{region}_"
        )
