"""A small stack with the parts that operators' commands look for, on the local AWS."""

import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from typer.testing import Result

from a2i_cli.aws import AwsClients
from a2i_cli.demo.portal_client import PortalClient
from a2i_core.names import human_loop_name, request_prefix, result_key, stack_hash

WORKER = "reviewer@example.com"
TEMPLATE = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form><crowd-input name="verdict" value="{{ task.input.text }}"></crowd-input></crowd-form>"""
A2ICommand = Callable[..., Result]
_seconds = itertools.count()


class OfflineClients(AwsClients):
    """Clients that reach nothing, to be stubbed."""

    def __init__(self, region: str | None = "us-east-1") -> None:
        super().__init__(
            {
                "AWS_ACCESS_KEY_ID": "none",
                "AWS_SECRET_ACCESS_KEY": "none",
                "AWS_ENDPOINT_URL": "https://127.0.0.1:9",
                "AWS_CA_BUNDLE": "/nonexistent",
                **({} if region is None else {"AWS_REGION": region}),
            }
        )


@dataclass(frozen=True)
class Team:
    """The account's workforce with one team, and what flow definitions need besides."""

    workteam_arn: str
    human_task_ui_arn: str
    role_arn: str
    user_pool_id: str
    group: str


@dataclass
class DeployedStack:
    """A stack with the parts that operators' commands look for, and flows to add to it."""

    clients: AwsClients
    team: Team
    portal: PortalClient
    name: str
    stack_id: str
    outputs: dict[str, str]
    definitions: dict[str, str] = field(default_factory=dict)

    def add_flow(self, flow: str = "sentiment", digest: str = "0123456789") -> str:
        """Create a flow definition and register it as the current one of the flow."""
        arn = self.create_definition(f"{flow}-{stack_hash(self.stack_id)}-{digest}")
        self.definitions[flow] = arn
        self.clients.ssm.put_parameter(
            Name=f"/a2i/{self.name}/flows/{flow}",
            Value=json.dumps({"flow": flow, "flowDefinitionArn": arn}),
            Type="String",
            Overwrite=True,
        )
        return arn

    def create_definition(self, name: str, workteam_arn: str | None = None) -> str:
        """Create a flow definition of any name and wait until it is Active."""
        sagemaker = self.clients.sagemaker
        arn = sagemaker.create_flow_definition(
            FlowDefinitionName=name,
            RoleArn=self.team.role_arn,
            OutputConfig={"S3OutputPath": f"s3://{self.outputs['OutputBucket']}/a2i"},
            HumanLoopConfig={
                "WorkteamArn": workteam_arn or self.team.workteam_arn,
                "HumanTaskUiArn": self.team.human_task_ui_arn,
                "TaskTitle": "Check",
                "TaskDescription": "Check the verdict",
                "TaskCount": 1,
                "TaskAvailabilityLifetimeInSeconds": 864_000,
            },
        )["FlowDefinitionArn"]
        until(
            lambda: (
                sagemaker.describe_flow_definition(FlowDefinitionName=name)["FlowDefinitionStatus"]
                == "Active"
            )
        )
        return arn

    def loop_name(self, review_id: str, flow: str = "sentiment") -> str:
        return human_loop_name(self.stack_id, flow, review_id)

    def start_loop(self, review_id: str, flow: str = "sentiment", **content: Any) -> str:
        """Start a human loop under the name that the review has."""
        name = self.loop_name(review_id, flow)
        self.clients.a2i.start_human_loop(
            HumanLoopName=name,
            FlowDefinitionArn=self.definitions[flow],
            HumanLoopInput={"InputContent": json.dumps({"text": "secret words", **content})},
        )
        return name

    def accept(self, loop: str) -> None:
        """Open a loop's task as the worker."""
        self.add_worker()
        self.portal.accept(until(lambda: self._task_id(loop)), WORKER)

    def submit(self, loop: str, verdict: str = "fine") -> None:
        """Hand in the worker's answer."""
        self.portal.submit(until(lambda: self._task_id(loop)), WORKER, {"verdict": verdict})

    def answer(self, loop: str, verdict: str = "fine") -> None:
        """Answer a loop's task as the worker and wait until it is Completed."""
        self.add_worker()
        self.submit(loop, verdict)
        until(lambda: self.loop_status(loop) == "Completed")

    def add_worker(self) -> None:
        cognito = self.clients.cognito
        users = cognito.list_users(UserPoolId=self.team.user_pool_id, Filter=f'email = "{WORKER}"')
        if not users["Users"]:
            cognito.admin_create_user(
                UserPoolId=self.team.user_pool_id,
                Username=WORKER,
                UserAttributes=[{"Name": "email", "Value": WORKER}],
            )
        cognito.admin_add_user_to_group(
            UserPoolId=self.team.user_pool_id, Username=WORKER, GroupName=self.team.group
        )

    def loop_status(self, loop: str) -> str:
        return self.clients.a2i.describe_human_loop(HumanLoopName=loop)["HumanLoopStatus"]

    def record(
        self, review_id: str, status: str, *, flow: str = "sentiment", **more: str
    ) -> dict[str, Any]:
        """Write a review's ledger entry as the starter and the results function leave it."""
        entry = {
            "humanLoopName": self.loop_name(review_id, flow),
            "reviewId": review_id,
            "flow": flow,
            "status": status,
            "startedAt": f"2030-01-01T00:00:{next(_seconds) % 60:02}.000Z",
            **more,
        }
        if status in ("Starting", "InProgress"):
            entry["openFlow"] = flow
        item: dict[str, Any] = {name: {"S": value} for name, value in entry.items()}
        item["reasons"] = {"L": [{"S": "confidence 0.5 is below 0.9"}]}
        item["taskTokens"] = {"SS": ["a-secret-token"]}
        self.clients.dynamodb.put_item(TableName=self.outputs["Ledger"], Item=item)
        return entry

    def put_documents(self, review_id: str, flow: str = "sentiment") -> tuple[str, str]:
        """Put a review's request, in two versions, and its result into the buckets."""
        request = f"s3://{self.outputs['InputBucket']}/{request_prefix(flow, review_id)}a1.json"
        result = f"s3://{self.outputs['OutputBucket']}/{result_key(flow, review_id)}"
        self.put_json(request, {"input": "first"})
        self.put_json(request, {"input": "secret words"})
        self.put_json(result, {"answer": {"verdict": "fine"}, "changes": [], "prediction": None})
        return request, result

    def put_json(self, uri: str, document: Any) -> None:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        self.clients.s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(document).encode())

    def allow_cross_origin_get(self) -> None:
        self.clients.s3.put_bucket_cors(
            Bucket=self.outputs["InputBucket"],
            CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]},
        )

    def versions(self, uri: str) -> int:
        """Count what S3 still keeps of an object, delete markers included."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        found = self.clients.s3.list_object_versions(Bucket=bucket, Prefix=key)
        return len(found.get("Versions", [])) + len(found.get("DeleteMarkers", []))

    def _task_id(self, loop: str) -> str | None:
        tasks = self.portal.tasks(WORKER)
        return next((task["id"] for task in tasks if task["humanLoopName"] == loop), None)


def until(look: Callable[[], Any], seconds: float = 60) -> Any:
    """Return what `look` finds, as soon as that is something."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"nothing within {seconds} s"
        time.sleep(0.05)
    return found


def stack_template(name: str) -> dict[str, Any]:
    """The parts behind the SSM parameters, with a starter that only repeats what it gets."""
    resources: dict[str, Any] = {
        "Input": {
            "Type": "AWS::S3::Bucket",
            "Properties": {"VersioningConfiguration": {"Status": "Enabled"}},
        },
        "Output": {
            "Type": "AWS::S3::Bucket",
            "Properties": {"VersioningConfiguration": {"Status": "Enabled"}},
        },
        "DeadLetters": {"Type": "AWS::SQS::Queue"},
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Ledger": _LEDGER,
        "StarterRole": _STARTER_ROLE,
        "Starter": _STARTER,
    }
    parts = {
        "StarterFunctionName": ("starter-function-name", "Starter"),
        "QueueUrl": ("queue-url", "Queue"),
        "DeadLetterQueueUrl": ("dead-letter-queue-url", "DeadLetters"),
        "InputBucket": ("input-bucket", "Input"),
        "OutputBucket": ("output-bucket", "Output"),
        "Ledger": ("ledger-table", "Ledger"),
    }
    for output, (parameter, resource) in parts.items():
        resources[f"{output}Parameter"] = {
            "Type": "AWS::SSM::Parameter",
            "Properties": {
                "Name": f"/a2i/{name}/{parameter}",
                "Type": "String",
                "Value": {"Ref": resource},
            },
        }
    return {
        "Resources": resources,
        "Outputs": {output: {"Value": {"Ref": part}} for output, (_, part) in parts.items()},
    }


_LEDGER = {
    "Type": "AWS::DynamoDB::Table",
    "Properties": {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": attribute, "AttributeType": "S"}
            for attribute in ("humanLoopName", "openFlow", "startedAt")
        ],
        "KeySchema": [{"AttributeName": "humanLoopName", "KeyType": "HASH"}],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "OpenReviews",
                "KeySchema": [
                    {"AttributeName": "openFlow", "KeyType": "HASH"},
                    {"AttributeName": "startedAt", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    },
}
_STARTER_ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            },
        }
    },
}
_STARTER = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "Handler": "index.handler",
        "Runtime": "python3.13",
        "Role": {"Fn::GetAtt": ["StarterRole", "Arn"]},
        "Code": {
            "ZipFile": (
                "class InvalidRequestError(Exception): pass\n"
                "def handler(request, context):\n"
                "    if 'input' not in request:\n"
                "        raise InvalidRequestError('input is missing')\n"
                "    return {'decision': 'ReviewStarted', 'reasons': ['asked'], **request}\n"
            )
        },
    },
}
