"""The account's portal on the local AWS: reviewers sign in, race, lose leases, are refused."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
import urllib3
from botocore.exceptions import ClientError
from playwright.sync_api import Page, expect

from a2i_cli.deployed.account_clients import sign_for_api_gateway
from a2i_local.cdk_cli import CdkCli
from a2i_local.host import LocalAws
from a2i_local.host.clients import invitations_of
from tests.end_to_end.conftest import CONTEXT, DISPOSABLE, ROOT, STACK, Project
from tests.end_to_end.operating import Operator, until
from tests.end_to_end.portal_people import Person, totp

pytestmark = [pytest.mark.local_aws, pytest.mark.xdist_group("account_portal")]

ANN, BEN, CLEO = "ann@example.com", "ben@example.com", "cleo@example.com"
CHOSEN = "Chosen-secret-1"
ANSWER = {"answerContent": {"sentiment": {"label": "Negative"}}}


@dataclass
class Portal:
    """The stack in account mode, with a second factor, and its reviewers."""

    project: Project
    operator: Operator
    outputs: dict[str, str]

    @property
    def origin(self) -> str:
        return self.outputs["PortalUrl"].removesuffix("/")

    def person(self, email: str) -> Person:
        """Someone who was invited and has not signed in yet."""
        invited = invitations_of(self.project.local.environment)
        [password] = [each["temporaryPassword"] for each in invited if each["email"] == email]
        assert password is not None
        return Person(self.origin, self.outputs["PortalClientId"], email, password)

    def start(self, review_id: str, flow: str = "sentiment", **data: object) -> str:
        """Send a prediction that needs a person; returns its human loop."""
        prediction = {"SentimentScore": {"Positive": 0.5}}
        content = data or {"taskObject": "secret words", "initialValue": "Positive"}
        request = {"reviewId": review_id, "flow": flow, "input": content, "prediction": prediction}
        answer, failed = self.project.send(request)
        assert not failed, answer
        return str(answer["humanLoopName"])


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with LocalAws.start() as local:
        cli = CdkCli(local.environment, project=ROOT)
        project = Project(local, cli, tmp_path_factory.mktemp("account_portal"))
        [sentiment] = json.loads((ROOT / "cdk.json").read_text())["context"]["a2i"]["flows"]
        boxes = {**sentiment, "name": "boxes", "template": "object_detection_review"}
        settings = {
            **CONTEXT,
            **DISPOSABLE,
            "a2i.flows": json.dumps([sentiment, boxes]),
            "a2i.backend.mode": json.dumps("account"),
            "a2i.workforce.mfa": json.dumps("required"),
            "a2i.workforce.workers": json.dumps([ANN, BEN, CLEO]),
        }
        app = f"{sys.executable} -m tests.end_to_end.callers_app"
        cli.deploy(cli.synth(app, project.folder / "account", context=settings), STACK)
        yield Portal(project, Operator(project), project.outputs())


@pytest.fixture(scope="module")
def ann(portal: Portal) -> Person:
    return _signed_in(portal, ANN)


@pytest.fixture(scope="module")
def ben(portal: Portal) -> Person:
    return _signed_in(portal, BEN)


def _signed_in(portal: Portal, email: str) -> Person:
    person = portal.person(email)
    person.sign_in(CHOSEN)
    return person


def test_first_sign_in_with_a_temporary_password_ends_at_the_submitted_answer(
    portal: Portal, ann: Person
) -> None:
    assert portal.origin == portal.project.local.portal_url.removesuffix("/_a2i/portal")
    assert ann.secret, "an authenticator app was set up"
    loop = portal.start("first")
    until(lambda: loop in ann.open_tasks())
    assert ann.call("POST", f"tasks/{loop}/accept", {})[0] == 200
    assert ann.call("POST", f"tasks/{loop}/submit", ANSWER)[0] == 200
    until(lambda: portal.operator.json("review", "show", "first")["status"] == "Completed", 180)
    shown = portal.operator.json("review", "show", "first", "--answer")
    assert shown["answer"] == ANSWER["answerContent"]


def test_in_the_browser_from_the_invitation_to_the_answer(
    portal: Portal, ann: Person, page: Page
) -> None:
    """And back out again: a sign-out asks for the password anew."""
    cleo = portal.person(CLEO)
    loop = portal.start("browser")
    until(lambda: loop in ann.open_tasks())
    page.set_default_timeout(60_000)
    page.goto(f"{portal.origin}/?task={loop}")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Username").fill(CLEO)
    page.get_by_label("Password").fill(cleo.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("New password", exact=True).fill(CHOSEN)
    page.get_by_label("Confirm new password").fill(CHOSEN)
    page.get_by_role("button", name="Update password").click()
    page.get_by_label("Code").fill(totp(page.locator("#secret").inner_text()))
    page.get_by_role("button", name="Sign in").click()

    task = page.frame_locator("iframe")
    task.get_by_role("radio", name="Negative").check(timeout=60_000)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Answer submitted")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Sign out").click()
    sign_in = page.get_by_role("button", name="Sign in", exact=True)
    expect(sign_in).to_be_visible(timeout=60_000)
    sign_in.click()
    expect(page.get_by_label("Password")).to_be_visible(timeout=60_000)


def test_the_next_sign_in_asks_for_the_code_of_the_app(portal: Portal, ann: Person) -> None:
    again = Person(portal.origin, ann.client_id, ANN, ann.password, ann.secret)
    again.sign_in()
    assert again.call("GET", "tasks")[0] == 200
    mistaken = Person(portal.origin, ann.client_id, ANN, ann.password, "JBSWY3DPEHPK3PXP")
    with pytest.raises(AssertionError, match="Invalid code received for user"):
        mistaken.sign_in()


def test_a_refreshed_token_opens_the_same_teams(ann: Person) -> None:
    before = ann.tokens["refresh_token"]
    status, answer = ann.refresh()
    assert status == 200
    assert answer["refresh_token"] != before
    assert ann.call("GET", "tasks")[0] == 200


def test_who_signs_out_stays_out(portal: Portal, ann: Person) -> None:
    other = Person(portal.origin, ann.client_id, ANN, ann.password, ann.secret)
    other.sign_in()
    other.revoke()
    assert other.refresh()[0] == 400
    assert ann.refresh()[0] == 200


def test_two_reviewers_race_for_a_task_and_one_gets_it(
    portal: Portal, ann: Person, ben: Person
) -> None:
    loop = portal.start("race")
    until(lambda: loop in ann.open_tasks() & ben.open_tasks())
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(_accepting(loop), (ann, ben)))
    assert sorted(status for status, _ in answers) == [200, 409]
    winner, loser = (ann, ben) if answers[0][0] == 200 else (ben, ann)
    assert loop not in loser.open_tasks()
    assert loser.call("POST", f"tasks/{loop}/submit", ANSWER)[0] == 409
    assert winner.call("POST", f"tasks/{loop}/release", {})[0] == 200
    assert loop in loser.open_tasks()


def test_a_lease_that_ran_out_takes_no_answer(portal: Portal, ann: Person, ben: Person) -> None:
    loop = portal.start("lapsing")
    until(lambda: loop in ann.open_tasks())
    assert ann.call("POST", f"tasks/{loop}/accept", {})[0] == 200
    _end_lease(portal, loop)
    status, answer = ann.call("POST", f"tasks/{loop}/submit", ANSWER)
    assert status in {409, 410}, answer
    assert answer["error"]["code"] == "TaskTimeLimitExceeded"
    assert ben.call("POST", f"tasks/{loop}/accept", {})[0] == 200
    assert ben.call("POST", f"tasks/{loop}/submit", ANSWER)[0] == 200


def test_the_page_is_told_where_to_sign_in(portal: Portal) -> None:
    settings = urllib3.request("GET", f"{portal.origin}/config.json", timeout=60)
    client_id = portal.outputs["PortalClientId"]
    assert settings.json()["signIn"] == {"clientId": client_id, "address": portal.origin}
    told = portal.project.client("ssm").get_parameter(Name=f"/a2i/{STACK}/portal-url")
    assert told["Parameter"]["Value"] == f"{portal.origin}/"
    page = urllib3.request("GET", f"{portal.origin}/", timeout=60)
    assert page.status == 200
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_a_tasks_link_ends_with_the_hold_on_it(portal: Portal, ann: Person, ben: Person) -> None:
    loop, other = portal.start("linked"), portal.start("other")
    until(lambda: {loop, other} <= ann.open_tasks())
    path = ann.call("POST", f"tasks/{loop}/accept", {})[1]["documentPath"]
    ben.call("POST", f"tasks/{other}/accept", {})
    key = path.rpartition("/")[2]
    document = _opened(portal, path)
    assert document.status == 200
    assert "sandbox allow-scripts" in document.headers["Content-Security-Policy"]
    for forged in (f"/task/{loop}/{'A' * len(key)}", f"/task/{other}/{key}"):
        assert _opened(portal, forged).status == 404
    assert "documentPath" not in ben.call("GET", f"tasks/{loop}")[1]
    assert ann.call("POST", f"tasks/{loop}/release", {})[0] == 200
    assert _opened(portal, path).status == 404


def test_a_picture_is_reached_while_the_task_is_held(portal: Portal, ann: Person) -> None:
    bucket, picture = portal.outputs["InputBucketName"], b"not looked at"
    portal.project.client("s3").put_object(
        Bucket=bucket, Key="pictures/a b.png", Body=picture, ContentType="image/png"
    )
    uri = f"s3://{bucket}/pictures/a b.png"
    loop = portal.start("boxes", "boxes", taskObject=uri, labels=["Car"], initialValue=[])
    until(lambda: loop in ann.open_tasks())
    path = ann.call("POST", f"tasks/{loop}/accept", {})[1]["documentPath"]
    [link] = re.findall(r'src="(/object/[^"]+)"', _opened(portal, path).data.decode())
    assert bucket not in link
    shown = urllib3.request("GET", f"{portal.origin}{link}", headers={"Origin": "null"}, timeout=60)
    assert (shown.status, shown.data) == (200, picture)
    assert shown.headers["Access-Control-Allow-Origin"] == "*"
    assert ann.call("POST", f"tasks/{loop}/release", {})[0] == 200
    assert _opened(portal, link).status == 404


def test_other_teams_and_strangers_are_refused(portal: Portal, ann: Person) -> None:
    loop = portal.start("guarded")
    until(lambda: loop in ann.open_tasks())
    cognito, pool = portal.project.client("cognito-idp"), portal.outputs["UserPoolId"]
    cognito.create_group(UserPoolId=pool, GroupName="others")
    cognito.admin_create_user(
        UserPoolId=pool,
        Username="eve@example.com",
        UserAttributes=[{"Name": "email", "Value": "eve@example.com"}],
    )
    cognito.admin_add_user_to_group(UserPoolId=pool, Username="eve@example.com", GroupName="others")
    eve = _signed_in(portal, "eve@example.com")
    assert loop not in eve.open_tasks()
    for action in ("accept", "submit"):
        status, answer = eve.call("POST", f"tasks/{loop}/{action}", ANSWER)
        assert (status, answer["error"]["code"]) == (403, "NotATeamMember")

    token = ann.tokens["access_token"]
    forged = f"{token[:-8]}{'A' * 8}"
    assert ann.call("GET", "tasks", token=forged)[0] == 401
    assert ann.call("GET", "tasks", token=ann.tokens["id_token"])[0] == 401
    assert ann.call("GET", "tasks", token=_token_of_another_pool(portal))[0] == 401


def test_a_removed_worker_is_out_at_the_next_call_and_holds_nothing(
    portal: Portal, ann: Person, ben: Person
) -> None:
    loop = portal.start("held")
    until(lambda: loop in ben.open_tasks())
    path = ben.call("POST", f"tasks/{loop}/accept", {})[1]["documentPath"]
    assert _opened(portal, path).status == 200
    assert loop not in ann.open_tasks()

    portal.operator.a2i("worker", "remove", BEN, "--yes")

    assert ben.call("GET", "tasks")[0] == 403
    assert ben.call("POST", f"tasks/{loop}/submit", ANSWER)[0] == 403
    assert _opened(portal, path).status == 404
    assert ben.refresh()[0] == 400
    assert loop in ann.open_tasks()


def test_an_application_starts_human_loops_of_the_flow_that_it_was_granted_alone(
    portal: Portal,
) -> None:
    runtime = _runtime_of_role(portal, portal.outputs["CallerRoleArn"])
    request = {"HumanLoopInput": {"InputContent": '{"taskObject": "a", "initialValue": "b"}'}}
    granted, other = (portal.outputs[f"{flow}FlowDefinitionArn"] for flow in ("Sentiment", "Boxes"))
    runtime.start_human_loop(HumanLoopName="granted", FlowDefinitionArn=granted, **request)
    with pytest.raises(ClientError) as refused:
        runtime.start_human_loop(HumanLoopName="refused", FlowDefinitionArn=other, **request)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    assert f"sagemaker:StartHumanLoop on resource: {other}" in str(refused.value)
    assert {each["humanLoopName"] for each in portal.operator.json("loop", "list")} >= {"granted"}
    portal.operator.a2i("loop", "show", "refused", fails=True)


def test_other_sites_and_names_do_not_reach_the_portal(portal: Portal) -> None:
    foreign = urllib3.request("GET", portal.origin, headers={"Host": "evil.example"})
    assert foreign.status == 403
    for path in ("tasks", "tasks/none", "me", "answers"):
        assert urllib3.request("GET", f"{portal.origin}/api/{path}").status == 401
    posted = urllib3.request(
        "POST", f"{portal.origin}/login", headers={"Origin": "https://evil.example"}
    )
    assert posted.status == 403


def _accepting(loop: str) -> Callable[[Person], tuple[int, dict[str, object]]]:
    return lambda person: person.call("POST", f"tasks/{loop}/accept", {})


def _runtime_of_role(portal: Portal, role_arn: str) -> Any:
    """A2I's client as an application with the role makes it for the stack's endpoint."""
    assumed = portal.project.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="app")
    environment, keys = portal.project.local.environment, assumed["Credentials"]
    runtime = boto3.client(
        "sagemaker-a2i-runtime",
        endpoint_url=portal.outputs["HumanLoopEndpoint"],
        region_name=environment["AWS_REGION"],
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
        verify=environment["AWS_CA_BUNDLE"],
    )
    runtime.meta.events.register("choose-signer.sagemaker-a2i-runtime", sign_for_api_gateway)
    return runtime


def _opened(portal: Portal, path: str) -> urllib3.BaseHTTPResponse:
    return urllib3.request("GET", f"{portal.origin}{path}", timeout=60)


def _end_lease(portal: Portal, loop: str) -> None:
    """Write an end that has passed: nobody waits for the time limit in a test."""
    portal.project.client("dynamodb").update_item(
        TableName=portal.outputs["HumanLoopsTableName"],
        Key={"pk": {"S": f"LOOP#{loop}"}, "sk": {"S": "LOOP"}},
        UpdateExpression="SET #loop.assignments[0].#until = :past",
        ExpressionAttributeNames={"#loop": "loop", "#until": "until"},
        ExpressionAttributeValues={":past": {"S": "2020-01-01T00:00:00Z"}},
    )


def _token_of_another_pool(portal: Portal) -> str:
    cognito = portal.project.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="strangers")["UserPool"]["Id"]
    app = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="c", ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    cognito.admin_create_user(UserPoolId=pool, Username="stranger")
    cognito.admin_set_user_password(
        UserPoolId=pool, Username="stranger", Password=CHOSEN, Permanent=True
    )
    signed_in = cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=app,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "stranger", "PASSWORD": CHOSEN},
    )
    return str(signed_in["AuthenticationResult"]["AccessToken"])
