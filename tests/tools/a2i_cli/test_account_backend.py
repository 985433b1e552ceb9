"""Commands reach human loops in the account by the names that the stack published."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Thread
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from a2i_cli.deployed.account_clients import FlowDefinitionsOfTable, clients_of_backends
from a2i_cli.deployed.deployment import Deployment
from a2i_cli.deployed.locked_out import let_in, lock_out
from a2i_cli.deployed.worker_stats import groups_of_team, numbers_of, numbers_table
from a2i_cli.deployed.workers import WorkerGroup
from a2i_cli.endpoint import MODELS
from a2i_cli.failures import CommandError
from tests.lambda_src.account_loops import POOL_ID, SCOPE, TEAM, AccountLoops, reviewer


class Endpoint(BaseHTTPRequestHandler):
    """Answers like a human loop that is there, and keeps what signed for."""

    signed: list[str]

    def do_GET(self) -> None:  # the base class's name
        self.signed.append(self.headers["Authorization"])
        answer = json.dumps({"HumanLoopName": "a", "HumanLoopStatus": "InProgress"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def endpoint() -> Iterator[tuple[str, list[str]]]:
    signed: list[str] = []
    handler = type("Handler", (Endpoint,), {"signed": signed})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", signed
        server.shutdown()


class Clients:
    """What commands have of AWS; A2I itself knows no loop."""

    def __init__(self, dynamodb: Any = None) -> None:
        self.dynamodb = dynamodb
        self.a2i = Absent()

    def client(self, service: str, *, endpoint_url: str) -> Any:
        make_client: Any = boto3.client
        return make_client(
            service,
            endpoint_url=endpoint_url,
            region_name="us-east-1",
            aws_access_key_id="a",
            aws_secret_access_key="b",
        )


class Absent:
    def describe_human_loop(self, **_: Any) -> Any:
        raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "DescribeHumanLoop")


def clients_for(parameters: dict[str, str], dynamodb: Any = None) -> Any:
    clients: Any = Clients(dynamodb)
    return clients_of_backends(clients, parameters)


def test_a_stack_with_a2i_gets_the_clients_as_they_are() -> None:
    clients: Any = Clients()
    assert clients_of_backends(clients, {"ledger-table": "t"}) is clients


@pytest.mark.parametrize("backends", ["account", "a2i,account"])
def test_calls_go_to_the_endpoint_and_are_signed_for_it(
    endpoint: tuple[str, list[str]], backends: str
) -> None:
    address, signed = endpoint
    clients = clients_for({"backends": backends, "human-loop-endpoint": address})
    found = clients.a2i.describe_human_loop(HumanLoopName="a")
    assert found["HumanLoopStatus"] == "InProgress"
    assert "/us-east-1/execute-api/aws4_request" in signed[0]


@pytest.mark.process
def test_unmodified_boto3_signs_right_with_two_variables(
    endpoint: tuple[str, list[str]],
) -> None:
    address, signed = endpoint
    code = (
        "import boto3; boto3.client('sagemaker-a2i-runtime').describe_human_loop(HumanLoopName='a')"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        env={
            "PATH": os.environ["PATH"],
            "AWS_ACCESS_KEY_ID": "a",
            "AWS_SECRET_ACCESS_KEY": "b",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_SAGEMAKER_A2I_RUNTIME": address,
            "AWS_DATA_PATH": str(MODELS),
            "NO_PROXY": "127.0.0.1",
        },
        check=True,
    )
    assert "/us-east-1/execute-api/aws4_request" in signed[0]


@pytest.fixture
def definitions() -> Iterator[FlowDefinitionsOfTable]:
    account = AccountLoops()
    account.create_flow_definition("tone", task_count=2)
    yield FlowDefinitionsOfTable(account.dynamodb, account.table, POOL_ID)
    account.close()


def test_flow_definitions_are_read_from_the_table(definitions: FlowDefinitionsOfTable) -> None:
    [page] = definitions.get_paginator("list_flow_definitions").paginate(SortOrder="Descending")
    [found] = page["FlowDefinitionSummaries"]
    assert found["FlowDefinitionArn"] == SCOPE.arn("flow-definition", "tone")
    described = definitions.describe_flow_definition(FlowDefinitionName="tone")
    assert described["HumanLoopConfig"]["TaskCount"] == 2
    with pytest.raises(ClientError, match="flow definition other does not exist"):
        definitions.describe_flow_definition(FlowDefinitionName="other")


def test_a_team_is_a_group_of_the_pool(definitions: FlowDefinitionsOfTable) -> None:
    described = definitions.describe_flow_definition(FlowDefinitionName="tone")
    name = described["HumanLoopConfig"]["WorkteamArn"].rpartition("/")[2]
    [member] = definitions.describe_workteam(WorkteamName=name)["Workteam"]["MemberDefinitions"]
    assert member["CognitoMemberDefinition"] == {"UserPool": POOL_ID, "UserGroup": TEAM}


class Cognito:
    """A pool with one user, who may be signed out."""

    def __init__(self) -> None:
        self.signed_out: list[str] = []

    def list_users(self, **_: Any) -> dict[str, Any]:
        return {"Users": [{"Username": "ana"}]}

    def admin_get_user(self, **_: Any) -> dict[str, Any]:
        return {"UserAttributes": [{"Name": "sub", "Value": "sub-1"}]}

    def admin_user_global_sign_out(self, *, UserPoolId: str, Username: str) -> None:  # noqa: N803
        self.signed_out.append(Username)


class ClockFunction:
    """Lambda with the clock, which finds two tasks to release."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def invoke(self, *, FunctionName: str, Payload: str | bytes) -> dict[str, Any]:  # noqa: N803
        assert FunctionName == "clock"
        self.events.append(json.loads(Payload))
        return {"Payload": BytesIO(b'{"released": 2}')}


def test_who_is_removed_is_refused_at_the_next_call() -> None:
    account = AccountLoops()
    clients: Any = Clients(account.dynamodb)
    clients.cognito = Cognito()
    group = WorkerGroup(TEAM, POOL_ID, TEAM)
    clients.lambda_ = ClockFunction()
    parameters = {"human-loops-table": account.table, "loop-clock-function-name": "clock"}
    deployment = Deployment("It", parameters, clients=clients)
    assert lock_out(deployment, group, "ana@example.com") == 2
    assert clients.lambda_.events == [{"releaseAllOf": "sub-1"}]
    assert account.loops().is_blocked("sub-1")
    assert clients.cognito.signed_out == ["ana"]
    let_in(deployment, group, "ana@example.com")
    assert not account.loops().is_blocked("sub-1")
    account.close()


def test_numbers_of_a_worker_are_those_of_the_portal() -> None:
    account = AccountLoops()
    flow = account.create_flow_definition("tone", task_count=2)
    account.start("loop", flow)
    for sub, label in (("one", "yes"), ("two", "no")):
        account.tasks().accept("loop", reviewer(sub))
        account.clock.advance(timedelta(seconds=20))
        account.tasks().submit("loop", reviewer(sub), {"label": label})
    account.deliver()
    clients: Any = Clients(account.dynamodb)
    table = numbers_table(Deployment("It", {"human-loops-table": account.table}, clients=clients))
    now, dynamodb = account.clock.now(), clients.dynamodb
    assert numbers_of(dynamodb, table, "one", now) == {
        "answeredToday": 1,
        "answeredLast7Days": 1,
        "medianSeconds": 20,
        "agreement": 0,
    }
    assert numbers_of(dynamodb, table, "three", now)["answeredLast7Days"] == 0
    account.close()


def test_a2i_has_no_numbers_and_a_team_is_named_as_it_is() -> None:
    clients: Any = Clients()
    with pytest.raises(CommandError, match="stack It has no numbers of its workers: Amazon A2I"):
        numbers_table(Deployment("It", {}, clients=clients))
    group = WorkerGroup(TEAM, POOL_ID, TEAM)
    assert groups_of_team([group], None) == groups_of_team([group], TEAM) == [group]
    with pytest.raises(CommandError, match="no work team is named 'other'; the stack has: revie"):
        groups_of_team([group], "other")


def test_a2i_needs_no_mark() -> None:
    clients: Any = Clients()
    lock_out(Deployment("It", {}, clients=clients), WorkerGroup(TEAM, POOL_ID, TEAM), "ana@a.b")


def test_what_the_account_has_not_is_said_in_one_line(definitions: FlowDefinitionsOfTable) -> None:
    with pytest.raises(CommandError, match="has nothing for list_workforces"):
        definitions.get_paginator("list_workforces")
    with pytest.raises(CommandError, match="has nothing for render_ui_template"):
        definitions.render_ui_template()
