"""What human loops run on: the local A2I, the account's functions in process, and their wire."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol, cast
from urllib.parse import urlencode

from a2i_core.human_loops import wire
from a2i_core.human_loops.errors import WorkerTaskError
from a2i_core.human_loops.task_list import TaskQuery
from a2i_core.s3_uri import S3Uri
from a2i_local.service import ManualClock
from a2i_local.testing import LocalA2I
from a2i_local.testing.local_a2i import GROUP, WORKERS
from human_loop_endpoint.handler import request_of
from portal.api import PortalApi
from portal.responses import code_of
from portal.reviewer import Reviewer
from tests.lambda_src.account_loops import (
    POOL_ID,
    SCOPE,
    AccountLoops,
    portal_event,
    reviewer,
)
from tests.lambda_src.local_clients import a2i_runtime_client, runtime_client_of

TEMPLATE = "<crowd-form><p>{{ task.input.text }}</p></crowd-form>"
ONE, TWO, THREE = WORKERS
STRANGER = "stranger"


class Refused(Exception):  # noqa: N818  # what happened to the worker's request
    """The portal refused what a worker asked for."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code, status)
        self.code = code
        self.status = status


class Host(Protocol):
    """One way to run human loops. Time stands still but for `advance`."""

    @property
    def runtime(self) -> Any:
        """Client of the runtime API, as boto3's."""

    def create_flow_definition(
        self, name: str, template: str, *, task_count: int = 1, **config: Any
    ) -> str:
        """Return the ARN of a new flow definition of the team of ONE, TWO and THREE."""

    def start(self, name: str, flow_arn: str, task_input: Any) -> str:
        """Start a loop and wait until its task is offered, or has failed."""

    def tasks(self, worker: str) -> list[dict[str, Any]]:
        """Return the tasks that a worker is listed."""

    def page(self, worker: str, **asked: str) -> tuple[list[str], str | None]:
        """Return the names of the loops on a page of the list, and where the next one begins."""

    def act(self, worker: str, action: str, name: str, answer: Any = None) -> dict[str, Any]:
        """Show, accept, release or submit the task of a loop."""

    def advance(self, delta: timedelta) -> None:
        """Let time pass, and what it brings about happen."""

    def told(self, name: str) -> list[dict[str, Any]]:
        """Return the details of the events about a loop's end."""

    def output(self, name: str) -> dict[str, Any]:
        """Return the output.json of a loop; KeyError where there is none."""

    def close(self) -> None:
        """Let go of everything."""


@dataclass
class LocalHost:
    a2i: LocalA2I = field(default_factory=lambda: LocalA2I(clock=ManualClock()))

    @property
    def runtime(self) -> Any:
        return a2i_runtime_client(self.a2i.service)

    def create_flow_definition(
        self, name: str, template: str, *, task_count: int = 1, **config: Any
    ) -> str:
        return self.a2i.create_flow_definition(name, template, task_count=task_count, **config)

    def start(self, name: str, flow_arn: str, task_input: Any) -> str:
        return self.a2i.start(name, flow_arn, task_input)

    def tasks(self, worker: str) -> list[dict[str, Any]]:
        return [task.to_json() for task in self.a2i.service.worker_tasks.list(worker)]

    def page(self, worker: str, **asked: str) -> tuple[list[str], str | None]:
        page, _ = self.a2i.service.worker_tasks.page(worker, TaskQuery.of(asked))
        return [task.human_loop_name for task in page.tasks], page.more

    def act(self, worker: str, action: str, name: str, answer: Any = None) -> dict[str, Any]:
        tasks = self.a2i.service.worker_tasks
        try:
            task_id = tasks.task_id(name, account=self.a2i.account, region=self.a2i.region)
            if action == "show":
                shown = tasks.show(task_id, worker)
                return {**shown.to_json(), "html": shown.html}
            if action == "submit":
                return tasks.submit(task_id, worker, answer).to_json()
            change: Callable[..., Any] = getattr(tasks, action)
            return cast("dict[str, Any]", change(task_id, worker).to_json())
        except WorkerTaskError as error:
            raise Refused(type(error).__name__, error.http_status) from error

    def advance(self, delta: timedelta) -> None:
        self.a2i.advance(delta)

    def told(self, name: str) -> list[dict[str, Any]]:
        details = [event["detail"] for event in self.a2i.events]
        return [detail for detail in details if detail["humanLoopName"] == name]

    def output(self, name: str) -> dict[str, Any]:
        return self.a2i.output(name)

    def close(self) -> None:
        self.a2i.close()


@dataclass
class AccountHost:
    """The functions' logic, called in process."""

    account: AccountLoops = field(default_factory=AccountLoops)

    @property
    def runtime(self) -> Any:
        return self.account.runtime()

    def create_flow_definition(
        self, name: str, template: str, *, task_count: int = 1, **config: Any
    ) -> str:
        return self.account.create_flow_definition(name, template, task_count=task_count, **config)

    def start(self, name: str, flow_arn: str, task_input: Any) -> str:
        content = json.dumps(task_input)
        arn: str = self.runtime.start_human_loop(
            HumanLoopName=name,
            FlowDefinitionArn=flow_arn,
            HumanLoopInput={"InputContent": content},
        )["HumanLoopArn"]
        self.account.deliver()
        self.account.clock.advance(timedelta(seconds=1))  # as the local A2I's start
        return arn

    def tasks(self, worker: str) -> list[dict[str, Any]]:
        return [task.to_json() for task in self.account.tasks().list(_reviewer(worker))]

    def page(self, worker: str, **asked: str) -> tuple[list[str], str | None]:
        page, _ = self.account.tasks().page(_reviewer(worker), TaskQuery.of(asked))
        return [task.human_loop_name for task in page.tasks], page.more

    def act(self, worker: str, action: str, name: str, answer: Any = None) -> dict[str, Any]:
        tasks = self.account.tasks()
        try:
            if action == "show":
                return tasks.show(name, _reviewer(worker))
            if action == "submit":
                return tasks.submit(name, _reviewer(worker), answer).to_json()
            change: Callable[..., Any] = getattr(tasks, action)
            return cast("dict[str, Any]", change(name, _reviewer(worker)).to_json())
        except WorkerTaskError as error:
            raise Refused(code_of(error), error.http_status) from error
        finally:
            self.account.deliver()

    def advance(self, delta: timedelta) -> None:
        self.account.advance(delta)

    def told(self, name: str) -> list[dict[str, Any]]:
        return self.account.told(name)

    def output(self, name: str) -> dict[str, Any]:
        location = S3Uri.parse(
            self.runtime.describe_human_loop(HumanLoopName=name)["HumanLoopOutput"]["OutputS3Uri"]
        )
        document: dict[str, Any] = json.loads(
            self.account.s3.objects[location.bucket, location.key]
        )
        return document

    def close(self) -> None:
        self.account.close()


class WireHost(AccountHost):
    """The same, through the events of the HTTP API: boto3 in front, JSON in the portal."""

    @property
    def runtime(self) -> Any:
        def answer(method: str, path: str, _: Any, body: bytes, query: Any) -> Any:
            event = {
                "rawPath": path,
                "rawQueryString": urlencode(query, doseq=True),
                "requestContext": {"http": {"method": method}},
                "body": body.decode(),
            }
            return wire.answer(self.account.operations().by_name(), request_of(event))

        return runtime_client_of(answer)

    def tasks(self, worker: str) -> list[dict[str, Any]]:
        tasks: list[dict[str, Any]] = self._call(worker, "GET", "/api/tasks")["tasks"]
        return tasks

    def page(self, worker: str, **asked: str) -> tuple[list[str], str | None]:
        page = self._call(worker, "GET", "/api/tasks", query=asked)
        return [task["humanLoopName"] for task in page["tasks"]], page["more"]

    def act(self, worker: str, action: str, name: str, answer: Any = None) -> dict[str, Any]:
        if action == "show":
            return self._call(worker, "GET", f"/api/tasks/{name}")
        body = None if answer is None else {"answerContent": answer}
        return self._call(worker, "POST", f"/api/tasks/{name}/{action}", body)

    def _call(
        self, worker: str, method: str, path: str, body: Any = None, query: Any = None
    ) -> dict[str, Any]:
        groups = () if worker == STRANGER else (GROUP,)
        event = portal_event(method, path, f"{worker}-sub", body, groups=groups)
        event["queryStringParameters"] = query
        api = PortalApi(
            self.account.tasks(),
            lambda event: Reviewer.of(event, user_pool_id=POOL_ID, scope=SCOPE),
        )
        answer = api.answer(event)
        self.account.deliver()
        content: dict[str, Any] = json.loads(answer["body"])
        if "error" in content:
            raise Refused(content["error"]["code"], answer["statusCode"])
        content.pop("documentPath", None)  # another one each time, and nothing of a task's state
        return content


def _reviewer(worker: str) -> Reviewer:
    return reviewer(f"{worker}-sub", "others" if worker == STRANGER else GROUP)


HOSTS: dict[str, Callable[[], Host]] = {
    "local": LocalHost,
    "account": AccountHost,
    "wire": WireHost,
}
