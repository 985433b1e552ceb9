"""An account that is ready for reviews, made with boto3 as anybody would make it."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, Request, build_opener

from a2i_local.host import LocalAws
from a2i_local.host.clients import make_client

GROUP = "reviewers"
TEMPORARY = "Temporary-1"
TEMPLATE = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <full-instructions header="Instructions">Say what the text says.</full-instructions>
  <p>{{ task.input.text }}</p>
  <crowd-input name="answer" label="Answer" required></crowd-input>
</crowd-form>"""
_SOON_SECONDS = 60


@dataclass
class ReviewAccount:
    """A pool with invited users, a workforce of it, a work team, and an active flow definition."""

    aws: LocalAws
    user_pool: str
    client_id: str
    region: str = "us-east-1"
    flow_arn: str = ""

    @property
    def bucket(self) -> str:
        return f"review-answers-{self.region}"

    @classmethod
    def make(cls, aws: LocalAws, *users: str, region: str = "us-east-1") -> "ReviewAccount":
        cognito = make_client("cognito-idp", {**aws.environment, "AWS_REGION": region})
        pool = cognito.create_user_pool(PoolName="reviewers", UsernameAttributes=["email"])
        pool_id = pool["UserPool"]["Id"]
        app = cognito.create_user_pool_client(
            UserPoolId=pool_id, ClientName="portal", GenerateSecret=True
        )["UserPoolClient"]
        cognito.create_user_pool_domain(UserPoolId=pool_id, Domain=f"reviewers-{region}")
        cognito.create_group(UserPoolId=pool_id, GroupName=GROUP)
        account = cls(aws, pool_id, app["ClientId"], region)
        for user in users:
            account.invite(user)
        account._make_team()
        account._make_flow()
        return account

    def client(self, service: str) -> Any:
        return make_client(service, {**self.aws.environment, "AWS_REGION": self.region})

    def invite(self, email: str, *, member: bool = True) -> None:
        cognito = self.client("cognito-idp")
        cognito.admin_create_user(
            UserPoolId=self.user_pool, Username=email, TemporaryPassword=TEMPORARY
        )
        if member:
            cognito.admin_add_user_to_group(
                UserPoolId=self.user_pool, Username=email, GroupName=GROUP
            )

    def start(self, name: str, **task_input: str) -> None:
        """Start a loop; its task can be answered when `PortalSession.task` finds it."""
        self.client("sagemaker-a2i-runtime").start_human_loop(
            HumanLoopName=name,
            FlowDefinitionArn=self.flow_arn,
            HumanLoopInput={"InputContent": json.dumps(task_input)},
        )

    def status(self, name: str) -> str:
        loop = self.client("sagemaker-a2i-runtime").describe_human_loop(HumanLoopName=name)
        return str(loop["HumanLoopStatus"])

    def output(self, name: str) -> dict[str, Any]:
        loop = self.client("sagemaker-a2i-runtime").describe_human_loop(HumanLoopName=name)
        uri = loop["HumanLoopOutput"]["OutputS3Uri"]
        stored = self.client("s3").get_object(
            Bucket=self.bucket, Key=uri.removeprefix(f"s3://{self.bucket}/")
        )
        document: dict[str, Any] = json.load(stored["Body"])
        return document

    def _make_team(self) -> None:
        sagemaker = self.client("sagemaker")
        sagemaker.create_workforce(
            WorkforceName="default",
            CognitoConfig={"UserPool": self.user_pool, "ClientId": self.client_id},
        )
        wait_until(lambda: self._workforce_is("Active"))
        member = {"UserPool": self.user_pool, "ClientId": self.client_id, "UserGroup": GROUP}
        sagemaker.create_workteam(
            WorkteamName="team",
            WorkforceName="default",
            Description="reviewers",
            MemberDefinitions=[{"CognitoMemberDefinition": member}],
        )

    def _make_flow(self) -> None:
        sagemaker = self.client("sagemaker")
        self._make_bucket()
        team = sagemaker.describe_workteam(WorkteamName="team")["Workteam"]["WorkteamArn"]
        ui = sagemaker.create_human_task_ui(
            HumanTaskUiName="review", UiTemplate={"Content": TEMPLATE}
        )["HumanTaskUiArn"]
        self.flow_arn = sagemaker.create_flow_definition(
            FlowDefinitionName="review",
            RoleArn=self._make_role(),
            OutputConfig={"S3OutputPath": f"s3://{self.bucket}/answers"},
            HumanLoopConfig={
                "WorkteamArn": team,
                "HumanTaskUiArn": ui,
                "TaskTitle": "Read the text",
                "TaskDescription": "Say what it says",
                "TaskCount": 1,
            },
        )["FlowDefinitionArn"]
        wait_until(
            lambda: (
                sagemaker.describe_flow_definition(FlowDefinitionName="review")[
                    "FlowDefinitionStatus"
                ]
                == "Active"
            )
        )

    def _make_bucket(self) -> None:
        where = {"CreateBucketConfiguration": {"LocationConstraint": self.region}}
        given = where if self.region != "us-east-1" else {}
        self.client("s3").create_bucket(Bucket=self.bucket, **given)

    def _make_role(self) -> str:
        iam = self.client("iam")
        trust = {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
        }
        role = iam.create_role(
            RoleName=f"flow-{self.region}",
            AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}),
        )["Role"]["Arn"]
        allowed = {
            "Effect": "Allow",
            "Action": ["s3:GetBucketLocation", "s3:PutObject"],
            "Resource": [f"arn:aws:s3:::{self.bucket}", f"arn:aws:s3:::{self.bucket}/*"],
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        iam.put_role_policy(
            RoleName=f"flow-{self.region}", PolicyName="write", PolicyDocument=policy
        )
        return str(role)

    def _workforce_is(self, status: str) -> bool:
        found = self.client("sagemaker").describe_workforce(WorkforceName="default")
        return bool(found["Workforce"]["Status"] == status)


class PortalSession:
    """One person's HTTP client of the portal: it keeps cookies as a browser does."""

    def __init__(self, portal_url: str) -> None:
        self.cookies = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.cookies))
        self._origin = portal_url.removesuffix("/_a2i/portal")

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        request = Request(  # noqa: S310 - the local portal's
            f"{self._origin}/_a2i/api/{path}",
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json"},
            method=method,
        )
        try:
            with self._opener.open(request, timeout=30) as response:
                return response.status, json.load(response)
        except HTTPError as error:
            with error:
                return error.code, json.load(error)

    def task(self, loop: str) -> str:
        """Return the id of a loop's task, as soon as it is rendered."""
        found: list[str] = []

        def look() -> bool:
            tasks = self.call("GET", "tasks")[1]["tasks"]
            found[:] = [task["id"] for task in tasks if task["humanLoopName"] == loop]
            return bool(found)

        wait_until(look)
        (task_id,) = found
        return task_id

    def sign_in(self, username: str, password: str, **more: str) -> tuple[int, dict[str, Any]]:
        credentials = {"username": username, "password": password, **more}
        return self.call("POST", "sign-in", credentials)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SOON_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen within {_SOON_SECONDS} seconds"
        time.sleep(0.05)
