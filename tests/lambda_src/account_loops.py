"""Human loops of an account: table, bucket, stream, clock, and the functions' logic on them.

The stream delivers when a test says so; time is a clock that stands still.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, cast

from a2i_account.definitions import Definitions
from a2i_account.dynamodb_loops import DynamoDbLoops
from a2i_account.flow_credentials import FlowCredentials
from a2i_account.flow_definitions import AccountFlowDefinitions
from a2i_account.loop_contents import LoopContents
from a2i_account.runtime import AccountRuntime
from a2i_core.human_loops.human_loop import HumanLoop
from a2i_core.human_loops.runtime_operations import RuntimeOperations
from a2i_core.human_loops.scope import Scope
from a2i_core.human_loops.status_event import DETAIL_TYPE
from a2i_local.service import ManualClock
from loop_clock.clock import LoopClock
from loop_stream.debts import Debts
from portal.reviewer import Reviewer
from portal.worker_tasks import WorkerTasks
from tests.lambda_src.fake_services import FakeEventBridge
from tests.lambda_src.fast_clients import FastDynamoDB, FastS3
from tests.lambda_src.service_errors import service_error

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sts import STSClient

ACCOUNT, REGION = "123456789012", "us-east-1"
SCOPE = Scope(ACCOUNT, REGION)
STACK_ID = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/HumanReview/0a1b2c3d-1-2-3-4"
POOL_ID = "us-east-1_reviewers"
TEAM = "reviewers"
INPUT_BUCKET, OUTPUT_BUCKET = "input", "output"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/flow"
TEMPLATE = "<crowd-form><p>{{ task.input.text }}</p></crowd-form>"
Wrap = Callable[[Any], Any]


def as_it_is(client: Any) -> Any:
    return client


def portal_event(
    method: str, path: str, sub: str, body: Any = None, *, groups: Iterable[str] = (TEAM,)
) -> dict[str, Any]:
    """A request as an HTTP API with a JWT authorizer hands it to the function."""
    claims = {
        "sub": sub,
        "iss": f"https://cognito-idp.{REGION}.amazonaws.com/{POOL_ID}",
        "token_use": "access",
        "cognito:groups": f"[{' '.join(groups)}]",
    }
    event: dict[str, Any] = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "requestContext": {
            "http": {"method": method, "path": path},
            "authorizer": {"jwt": {"claims": claims, "scopes": None}},
        },
        "isBase64Encoded": False,
    }
    return event if body is None else {**event, "body": json.dumps(body)}


def reviewer(sub: str, *groups: str) -> Reviewer:
    event = portal_event("GET", "/", sub, groups=groups or (TEAM,))
    return Reviewer.of(event, user_pool_id=POOL_ID, scope=SCOPE)


@dataclass
class FakeSTS:
    """Roles that may be assumed: what they may do is the test's business."""

    clock: ManualClock
    denied: set[str] = field(default_factory=set)
    assumed: list[str] = field(default_factory=list)

    def assume_role(self, **parameters: Any) -> dict[str, Any]:
        if parameters["RoleArn"] in self.denied:
            raise service_error("AccessDenied", "not authorized", "AssumeRole")
        self.assumed.append(parameters["RoleArn"])
        until = self.clock.now() + timedelta(seconds=parameters["DurationSeconds"])
        return {"Credentials": {"AccessKeyId": "a", "Expiration": until}}


@dataclass
class StreamedDynamoDB(FastDynamoDB):
    """DynamoDB whose stream keeps the records of items that owe something."""

    records: list[dict[str, Any]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def put_item(self, **parameters: Any) -> Any:
        answer = super().put_item(**parameters)
        item = parameters["Item"]
        if "owes" in item:
            self.records.append(
                {
                    "eventName": "MODIFY",
                    "dynamodb": {
                        "Keys": {"pk": item["pk"], "sk": item["sk"]},
                        "SequenceNumber": str(next(self.numbers)),
                    },
                }
            )
        return answer


@dataclass
class AccountLoops:
    clock: ManualClock = field(default_factory=ManualClock)
    s3: FastS3 = field(default_factory=FastS3)
    eventbridge: FakeEventBridge = field(default_factory=FakeEventBridge)
    table: str = field(default_factory=lambda: f"loops-{uuid.uuid4().hex[:12]}")

    def __post_init__(self) -> None:
        self.dynamodb = StreamedDynamoDB()
        self.sts = FakeSTS(self.clock)
        create_table(self.dynamodb, self.table)

    def close(self) -> None:
        self.dynamodb.delete_table(TableName=self.table)

    def loops(self, wrap: Wrap = as_it_is) -> DynamoDbLoops:
        dynamodb = wrap(self.dynamodb)
        return DynamoDbLoops(
            dynamodb,
            self.table,
            SCOPE,
            Definitions(dynamodb, self.table, SCOPE),
            LoopContents(wrap(self.s3), INPUT_BUCKET),
            sleep=lambda _seconds: None,
        )

    def operations(self, wrap: Wrap = as_it_is) -> RuntimeOperations:
        return RuntimeOperations(
            self.loops(wrap), SCOPE, now=self.clock.now, task_id=lambda name: name
        )

    def runtime(self, wrap: Wrap = as_it_is) -> AccountRuntime:
        return AccountRuntime(self.operations(wrap))

    def credentials(self, wrap: Wrap = as_it_is) -> FlowCredentials:
        sts = cast("STSClient", wrap(self.sts))
        s3 = cast("S3Client", wrap(self.s3))
        return FlowCredentials(sts, self.clock.now, lambda _credentials: s3)

    def tasks(self, wrap: Wrap = as_it_is) -> WorkerTasks:
        return WorkerTasks(self.loops(wrap), self.credentials(wrap), self.clock.now)

    def debts(self, wrap: Wrap = as_it_is) -> Debts:
        return Debts(
            self.loops(wrap), self.credentials(wrap), wrap(self.eventbridge), self.clock.now
        )

    def create_flow_definition(
        self, name: str, template: str = TEMPLATE, *, task_count: int = 1, **config: Any
    ) -> str:
        """Return the ARN of a new flow definition."""
        store = self.loops()
        store.definitions.add_ui(name, template)
        made = AccountFlowDefinitions(
            store.definitions, store, self.clock.now
        ).create_flow_definition(
            FlowDefinitionName=name,
            RoleArn=ROLE_ARN,
            HumanLoopConfig={
                "WorkteamArn": SCOPE.arn("workteam", f"private-crowd/{TEAM}"),
                "HumanTaskUiArn": SCOPE.arn("human-task-ui", name),
                "TaskTitle": name,
                "TaskDescription": f"Answer {name}",
                "TaskCount": task_count,
                **config,
            },
            OutputConfig={"S3OutputPath": f"s3://{OUTPUT_BUCKET}/answers"},
        )
        return str(made["FlowDefinitionArn"])

    def start(self, name: str, flow_arn: str, task_input: Any = None) -> str:
        """Start a loop; its task is offered when this returns."""
        started = self.runtime().start_human_loop(
            HumanLoopName=name,
            FlowDefinitionArn=flow_arn,
            HumanLoopInput={"InputContent": json.dumps(task_input or {"text": "a"})},
        )
        self.deliver()
        return str(started["HumanLoopArn"])

    def deliver(self) -> None:
        """Have the stream bring what is in it, and what that brings about."""
        while self.dynamodb.records:
            record = self.dynamodb.records.pop(0)
            name = record["dynamodb"]["Keys"]["pk"]["S"].removeprefix("LOOP#")
            self.debts().pay(name)

    def tick(self, wrap: Wrap = as_it_is) -> int:
        """Do what the clock's function does in a minute; return how many loops were due."""
        loops = self.loops(wrap)
        return LoopClock(loops, self.clock.now).tick(lambda: True) if loops.has_open() else 0

    def advance(self, delta: timedelta) -> None:
        """Let time pass, and all that it brings about happen."""
        self.clock.advance(delta)
        self.tick()
        self.deliver()

    def loop(self, name: str) -> HumanLoop | None:
        return self.loops().find(name)

    def output(self, name: str) -> dict[str, Any]:
        """Return the output.json of a loop; KeyError while there is none."""
        found = self.loop(name)
        assert found is not None
        document: dict[str, Any] = json.loads(self.s3.objects[OUTPUT_BUCKET, found.output_key])
        return document

    def told(self, name: str) -> list[dict[str, Any]]:
        """Return the details of the events about the ends of loops of this name."""
        details = self.eventbridge.details(DETAIL_TYPE)
        return [detail for detail in details if detail["humanLoopName"] == name]

    def items(self) -> list[dict[str, Any]]:
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.table)
        return [item for page in pages for item in page["Items"]]

    def block(self, sub: str) -> None:
        """Remove a worker, whose token still says otherwise."""
        item = {"pk": {"S": f"WORKER#{sub}"}, "sk": {"S": "PROFILE"}, "blocked": {"BOOL": True}}
        self.dynamodb.put_item(TableName=self.table, Item=item)


def create_table(dynamodb: Any, name: str) -> None:
    indexes = {
        "offers": ("offersKey", "offersOrder"),
        "byFlow": ("flowKey", "flowOrder"),
        "open": ("openKey", "dueAt"),
    }
    attributes = {"pk", "sk"} | {each for keys in indexes.values() for each in keys}
    dynamodb.create_table(
        TableName=name,
        KeySchema=_keys("pk", "sk"),
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": "S"} for attribute in sorted(attributes)
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": _keys(*keys),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
            for index, keys in indexes.items()
        ],
        BillingMode="PAY_PER_REQUEST",
    )


def _keys(partition: str, order: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": order, "KeyType": "RANGE"},
    ]
