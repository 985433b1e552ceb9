"""Observations of what A2I's documentation leaves open, each by a call or two.

Nothing observed is content, a secret or a name of the account's own: the report is made to be sent
on. What the service refuses is an observation, too.
"""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from a2i_cli.aws import AwsClients

_LARGE_INPUT_BYTES = 3 * 1024 * 1024 - 1024
_IAM_SPREADS_SECONDS = 20
_LINK = "{{ task.input.uri | grant_read_access }}"


@dataclass(frozen=True)
class Fact:
    """One question and its answer.

    Attributes:
        question: What no source answers.
        call: Operation that was asked.
        observed: What came back, as JSON.
    """

    question: str
    call: str
    observed: Any

    def as_json(self) -> dict[str, Any]:
        """Return the fields as a JSON object."""
        return {"question": self.question, "call": self.call, "observed": self.observed}


@dataclass(frozen=True)
class Subject:
    """Deployed flow and its finished review, which the calls are about."""

    clients: AwsClients
    flow_definition_name: str
    human_loop_name: str
    input_content: Mapping[str, Any]

    @property
    def flow(self) -> Any:
        """DescribeFlowDefinition's answer."""
        return self.clients.sagemaker.describe_flow_definition(
            FlowDefinitionName=self.flow_definition_name
        )

    @property
    def team(self) -> Any:
        """DescribeWorkteam's answer."""
        name = self.flow["HumanLoopConfig"]["WorkteamArn"].rpartition("/")[2]
        return self.clients.sagemaker.describe_workteam(WorkteamName=name)["Workteam"]


def observe(subject: Subject, report: Callable[[str], None]) -> Iterator[Fact]:
    """Ask every question, and remove what that takes."""
    for question, call, ask in _QUESTIONS:
        report(question)
        yield Fact(question, call, _answer(ask, subject))


def _answer(ask: Callable[[Subject], Any], subject: Subject) -> Any:
    try:
        return ask(subject)
    except ClientError as error:
        return _refusal(error)
    except BotoCoreError as error:
        return {"error": type(error).__name__}


def _refusal(error: ClientError) -> dict[str, str]:
    said = error.response["Error"]
    return {"error": said["Code"], "message": _anonymous(said.get("Message", ""))}


def _anonymous(text: str) -> str:
    """Take accounts, resource names and addresses out of the service's words."""
    return re.sub(r"arn:[^\s,;'\")]+", "<arn>", re.sub(r"\b\d{12}\b", "<account>", text))


def _portal_host(subject: Subject) -> str:
    region = subject.clients.sagemaker.meta.region_name
    return str(re.sub(r"^[^.]+", "<id>", subject.team["SubDomain"]).replace(region, "<region>"))


def _app_client(subject: Subject) -> Any:
    """Return the sign-in settings that the portal's client has after a team was made."""
    [member] = subject.team["MemberDefinitions"][:1]
    cognito = member.get("CognitoMemberDefinition")
    if cognito is None:
        return "the workforce signs people in with an identity provider"
    client = subject.clients.cognito.describe_user_pool_client(
        UserPoolId=cognito["UserPool"], ClientId=cognito["ClientId"]
    )["UserPoolClient"]
    return {
        "hasSecret": "ClientSecret" in client,
        "flows": sorted(client.get("AllowedOAuthFlows", [])),
        "scopes": sorted(client.get("AllowedOAuthScopes", [])),
        "callbacks": [urlsplit(url).path for url in client.get("CallbackURLs", [])],
        "logouts": [urlsplit(url).path for url in client.get("LogoutURLs", [])],
    }


def _defaults(subject: Subject) -> Any:
    config = subject.flow["HumanLoopConfig"]
    return {
        "availabilitySeconds": config.get("TaskAvailabilityLifetimeInSeconds"),
        "timeLimitSeconds": config.get("TaskTimeLimitInSeconds"),
        "outputPathEndsWithSlash": subject.flow["OutputConfig"]["S3OutputPath"].endswith("/"),
    }


def _start(subject: Subject, content: Mapping[str, Any], **changed: str) -> Any:
    answer = subject.clients.a2i.start_human_loop(
        **{
            "HumanLoopName": subject.human_loop_name,
            "FlowDefinitionArn": subject.flow["FlowDefinitionArn"],
            **changed,
        },
        HumanLoopInput={"InputContent": json.dumps(content)},
    )
    return "accepted" if answer["HumanLoopArn"] else "accepted without an ARN"


def _start_again(subject: Subject) -> Any:
    return _start(subject, subject.input_content)


def _start_otherwise(subject: Subject) -> Any:
    return _start(subject, {**subject.input_content, "changed": True})


def _start_unknown(subject: Subject) -> Any:
    arn = f"{subject.flow['FlowDefinitionArn']}-none"
    name = f"{subject.human_loop_name[:50]}-none"
    return _start(subject, subject.input_content, FlowDefinitionArn=arn, HumanLoopName=name)


def _start_large(subject: Subject) -> Any:
    """Start a loop with almost 3 MiB, and stop and delete it at once."""
    name = f"{subject.human_loop_name[:50]}-large"
    size = _LARGE_INPUT_BYTES - len(json.dumps(subject.input_content))
    try:
        return _start(subject, {**subject.input_content, "filler": "x" * size}, HumanLoopName=name)
    finally:
        with suppress(ClientError):  # there is none where the start was refused
            subject.clients.a2i.stop_human_loop(HumanLoopName=name)
            _delete_stopped(subject, name)


def _delete_stopped(subject: Subject, name: str) -> None:
    for _ in range(30):
        loop = subject.clients.a2i.describe_human_loop(HumanLoopName=name)
        if loop["HumanLoopStatus"] not in {"InProgress", "Stopping"}:
            break
        time.sleep(1)
    subject.clients.a2i.delete_human_loop(HumanLoopName=name)


def _render(subject: Subject, body: str, **task_input: str) -> Any:
    answer = subject.clients.sagemaker.render_ui_template(
        UiTemplate={"Content": f"<crowd-form>{body}</crowd-form>"},
        Task={"Input": json.dumps(task_input)},
        RoleArn=subject.flow["RoleArn"],
    )
    if answer["Errors"]:
        return [{**error, "Message": _anonymous(error["Message"])} for error in answer["Errors"]]
    return answer["RenderedContent"]


def _link_lifetime(subject: Subject) -> Any:
    """Return the lifetime in a presigned link, which leads to an object that need not exist."""
    bucket = urlsplit(subject.flow["OutputConfig"]["S3OutputPath"]).netloc
    shown = _render(subject, f'<a href="{_LINK}">x</a>', uri=f"s3://{bucket}/none")
    if not isinstance(shown, str):
        return shown
    query = parse_qs(urlsplit(_href(shown)).query)
    return {"seconds": query.get("X-Amz-Expires", [None])[0], "names": sorted(query)}


def _href(page: str) -> str:
    found = re.search(r'href="([^"]+)"', page)
    return found[1].replace("&amp;", "&") if found else ""


def _s3_presign(subject: Subject) -> Any:
    return _rendered_without_error(_render(subject, "{{ task.input.uri | s3_presign }}", uri="x"))


def _undefined(subject: Subject) -> Any:
    return _rendered_without_error(_render(subject, "{{ task.input.none.deep }}"))


def _rendered_without_error(shown: Any) -> Any:
    return "rendered" if isinstance(shown, str) else shown


def _role_without_location(subject: Subject) -> Any:
    """Return whether A2I takes a role that may write answers but not locate their bucket."""
    iam, sagemaker = subject.clients.iam, subject.clients.sagemaker
    flow = subject.flow
    name = f"{subject.flow_definition_name[:50]}-probe"
    bucket = urlsplit(flow["OutputConfig"]["S3OutputPath"]).netloc
    partition = flow["RoleArn"].split(":")[1]
    trust = _policy("sts:AssumeRole", Principal={"Service": "sagemaker.amazonaws.com"})
    write = _policy("s3:PutObject", Resource=f"arn:{partition}:s3:::{bucket}/*")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    try:
        iam.put_role_policy(RoleName=name, PolicyName="write", PolicyDocument=write)
        return _create_flow_definition(sagemaker, name, role, flow)
    finally:
        with suppress(ClientError):
            sagemaker.delete_flow_definition(FlowDefinitionName=name)
        with suppress(ClientError):
            iam.delete_role_policy(RoleName=name, PolicyName="write")
        iam.delete_role(RoleName=name)


def _create_flow_definition(sagemaker: Any, name: str, role: str, like: Any) -> Any:
    """Create, again while IAM may still spread the role, and wait until it is no longer new."""
    deadline = time.monotonic() + _IAM_SPREADS_SECONDS
    while True:
        try:
            sagemaker.create_flow_definition(
                FlowDefinitionName=name,
                RoleArn=role,
                HumanLoopConfig=like["HumanLoopConfig"],
                OutputConfig=like["OutputConfig"],
            )
            break
        except ClientError as error:
            if "assume" not in str(error).lower() or time.monotonic() > deadline:
                raise
            time.sleep(2)
    for _ in range(60):
        found = sagemaker.describe_flow_definition(FlowDefinitionName=name)
        if found["FlowDefinitionStatus"] != "Initializing":
            break
        time.sleep(1)
    return {
        "status": found["FlowDefinitionStatus"],
        "reason": _anonymous(found.get("FailureReason", "")),
    }


def _policy(action: str, **more: Any) -> str:
    statement = {"Effect": "Allow", "Action": action, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _event_source(subject: Subject) -> Any:
    """Return what CloudTrail calls A2I's runtime; its events come a quarter of an hour late."""
    found = subject.clients.cloudtrail.lookup_events(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "StartHumanLoop"}],
        MaxResults=1,
    )["Events"]
    return found[0].get("EventSource") if found else "no event yet"


_QUESTIONS: tuple[tuple[str, str, Callable[[Subject], Any]], ...] = (
    ("shape of the portal's host", "DescribeWorkteam", _portal_host),
    ("sign-in settings of the app client", "DescribeUserPoolClient", _app_client),
    ("defaults that a flow definition shows", "DescribeFlowDefinition", _defaults),
    ("a start with the same name and input, after the end", "StartHumanLoop", _start_again),
    ("a start with the same name and another input", "StartHumanLoop", _start_otherwise),
    ("a start with an unknown flow definition", "StartHumanLoop", _start_unknown),
    ("a start with almost 3 MiB of input", "StartHumanLoop", _start_large),
    ("lifetime of links to objects", "RenderUiTemplate", _link_lifetime),
    ("the filter s3_presign", "RenderUiTemplate", _s3_presign),
    ("a variable that is not defined", "RenderUiTemplate", _undefined),
    ("a role without s3:GetBucketLocation", "CreateFlowDefinition", _role_without_location),
    ("CloudTrail's eventSource of StartHumanLoop", "LookupEvents", _event_source),
)
