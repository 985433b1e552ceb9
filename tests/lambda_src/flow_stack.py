"""A CloudFormation stack with one Custom::A2IFlowDefinition, on the local A2I service.

It does what CloudFormation and the CDK Provider framework do around the handlers: polls, replaces,
cleans up, rolls back. Time is the service's own clock, which stands still between steps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

from a2i_local.service import ManualClock
from a2i_local.testing import LocalA2I
from a2i_shared.flow_definitions.draining import Draining
from a2i_shared.flow_definitions.service import FlowDefinitions
from flow_definition import is_complete, on_event
from tests.lambda_src.faults import Killed
from tests.lambda_src.invocation import lambda_context
from tests.lambda_src.local_clients import a2i_runtime_client, sagemaker_client
from tests.lambda_src.service_errors import service_error

STACK_ID = "arn:aws:cloudformation:us-east-1:123456789012:stack/HumanReview/0a1b2c3d-1-2-3-4"
TEMPLATE = """<crowd-form><p>{{ task.input.text }}</p>
{% if task.input.image %}<img src="{{ task.input.image | grant_read_access }}">{% endif %}
</crowd-form>"""
TOTAL_TIMEOUT = timedelta(minutes=58)
CREATE_FAILED = "AWSCDK::CustomResourceProviderFramework::CREATE_FAILED"

Wrap = Callable[[Any], Any]


class ResourceFailed(Exception):  # noqa: N818  # CloudFormation's own word for it
    """The operation on the resource failed, and CloudFormation has reacted to it."""


@dataclass
class FakeCloudFormation:
    status: str = "CREATE_IN_PROGRESS"
    tags: dict[str, str] = field(default_factory=dict)
    resources: set[str] = field(default_factory=set)
    """Physical ids of what the stack's template defines."""

    def describe_stacks(self, **parameters: str) -> dict[str, Any]:
        if parameters["StackName"] != STACK_ID:
            raise service_error("ValidationError", "stack does not exist", "DescribeStacks")
        tags = [{"Key": key, "Value": value} for key, value in self.tags.items()]
        return {"Stacks": [{"StackStatus": self.status, "Tags": tags}]}

    def get_paginator(self, operation: str) -> FakeCloudFormation:
        assert operation == "list_stack_resources"
        return self

    def paginate(self, **parameters: str) -> list[dict[str, Any]]:
        assert parameters["StackName"] == STACK_ID
        resources = [{"PhysicalResourceId": each} for each in sorted(self.resources)]
        return [{"StackResourceSummaries": resources}]


class FlowStack:
    """The fixture `stack` lets the handlers see its services and its clock."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.a2i = LocalA2I(clock=self.clock)
        self.sagemaker = sagemaker_client(self.a2i.service)
        self.runtime = a2i_runtime_client(self.a2i.service)
        self.cloudformation = FakeCloudFormation()
        self.wrap: Wrap = lambda client: client
        self.poll = timedelta(seconds=5)
        self.deliveries = 1
        """How often each request arrives."""
        self.logical_id = "SentimentFlow"
        self.physical_id: str | None = None
        self.properties: dict[str, Any] = {}
        self.own_resources: set[str] = set()
        """Physical ids of what else the template defines."""
        self.attributes: dict[str, str] = {}
        ui = self.sagemaker.create_human_task_ui(
            HumanTaskUiName="ui", UiTemplate={"Content": TEMPLATE}
        )
        self.human_task_ui_arn = ui["HumanTaskUiArn"]

    def flow_definitions(self) -> FlowDefinitions:
        """What the handlers work with; `wrap` puts faults between them and the services."""
        return FlowDefinitions(
            self.wrap(self.sagemaker), self.wrap(self.runtime), self.wrap(self.cloudformation)
        )

    def draining(self) -> Draining:
        """What the reconciler and the destroy guard work with."""
        in_template = {self.physical_id} if self.physical_id else set()
        self.cloudformation.resources = in_template | self.own_resources
        return Draining(self.flow_definitions(), STACK_ID, self.clock.now)

    def complete_operation(self) -> None:
        """Nothing is going on with the stack: CloudFormation has done what it was asked."""
        if self.cloudformation.status.endswith("_IN_PROGRESS"):
            self.cloudformation.status = "UPDATE_COMPLETE"

    def wanted(self, **config: Any) -> dict[str, Any]:
        """Properties as CloudFormation hands them over: numbers are text."""
        return {
            "ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:provider",
            "FlowName": "sentiment",
            "RoleArn": self.a2i.role_arn,
            "OutputConfig": {"S3OutputPath": f"s3://{self.a2i.bucket}/"},
            "HumanLoopConfig": {
                "WorkteamArn": self.a2i.workteam_arn,
                "HumanTaskUiArn": self.human_task_ui_arn,
                "TaskTitle": "Check",
                "TaskDescription": "Check it",
                "TaskCount": "1",
                "TaskAvailabilityLifetimeInSeconds": "864000",
                "TaskTimeLimitInSeconds": "3600",
                "TaskKeywords": ["text"],
                **config,
            },
        }

    def deploy(self, properties: dict[str, Any]) -> str:
        """Create or update; after a failure everything is rolled back and ResourceFailed raised."""
        if self.physical_id is None:
            self._create(properties)
        else:
            self._update(properties)
        return cast("str", self.physical_id)

    def destroy(self) -> None:
        """Delete the stack; after a failure it still has the resource."""
        if self.physical_id is None:
            return
        self.cloudformation.status = "DELETE_IN_PROGRESS"
        try:
            self._delete(self.physical_id, self.properties)
        except ResourceFailed:
            self.cloudformation.status = "DELETE_FAILED"
            raise
        self.physical_id = None

    def names(self) -> list[str]:
        summaries = self.a2i.call("ListFlowDefinitions", MaxResults=100)["FlowDefinitionSummaries"]
        return [each["FlowDefinitionName"] for each in summaries]

    def status(self, name: str) -> str:
        return str(self._described(name)["FlowDefinitionStatus"])

    def tags(self, name: str) -> dict[str, str]:
        arn = self._described(name)["FlowDefinitionArn"]
        tags = self.a2i.call("ListTags", ResourceArn=arn)["Tags"]
        return {tag["Key"]: tag["Value"] for tag in tags}

    def _described(self, name: str) -> dict[str, Any]:
        return self.a2i.call("DescribeFlowDefinition", FlowDefinitionName=name)

    def start_loop(self, loop: str) -> None:
        self.a2i.start(loop, self.attributes["FlowDefinitionArn"], {"text": loop})

    def _create(self, properties: dict[str, Any]) -> None:
        self.cloudformation.status = "CREATE_IN_PROGRESS"
        try:
            self._take(*self._run("Create", properties), properties)
        except _Failed as failed:
            self.cloudformation.status = "ROLLBACK_IN_PROGRESS"
            self._clean_up(failed.physical_id, properties)
            raise ResourceFailed(failed.reason) from failed

    def _update(self, properties: dict[str, Any]) -> None:
        former_id, former = cast("str", self.physical_id), self.properties
        self.cloudformation.status = "UPDATE_IN_PROGRESS"
        try:
            new_id, attributes = self._run("Update", properties, former_id, former)
        except _Failed as failed:
            self.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
            back_id, attributes = self._roll_back(failed.physical_id, former, properties)
            self._take(back_id, attributes, former)
            if failed.physical_id != back_id:
                self._clean_up(failed.physical_id, properties)
            raise ResourceFailed(failed.reason) from failed
        self._take(new_id, attributes, properties)
        self.cloudformation.status = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
        if new_id != former_id:
            self._clean_up(former_id, former)

    def _roll_back(
        self, physical_id: str, former: dict[str, Any], failed: dict[str, Any]
    ) -> tuple[str, dict[str, str]]:
        self.wrap = lambda client: client  # one fault at a time: a rollback meets no second one
        try:
            return self._run("Update", former, physical_id, failed)
        except _Failed as error:
            raise AssertionError(f"the rollback failed: {error.reason}") from error

    def _take(
        self, physical_id: str, attributes: dict[str, str], properties: dict[str, Any]
    ) -> None:
        self.physical_id, self.attributes, self.properties = physical_id, attributes, properties

    def _clean_up(self, physical_id: str, properties: dict[str, Any]) -> None:
        """CloudFormation forgets what it cannot delete while cleaning up."""
        try:
            self._delete(physical_id, properties)
        except ResourceFailed:
            return

    def _delete(self, physical_id: str, properties: dict[str, Any]) -> None:
        if physical_id == CREATE_FAILED:  # the framework keeps this from the handler
            return
        try:
            self._run("Delete", properties, physical_id)
        except _Failed as failed:
            raise ResourceFailed(failed.reason) from failed

    def _run(
        self,
        request_type: str,
        properties: dict[str, Any],
        physical_id: str | None = None,
        old_properties: Mapping[str, Any] | None = None,
    ) -> tuple[str, dict[str, str]]:
        """One request through the framework, to its end."""
        event: dict[str, Any] = {
            "RequestType": request_type,
            "StackId": STACK_ID,
            "LogicalResourceId": self.logical_id,
            "ResourceProperties": properties,
        }
        if physical_id is not None:
            event["PhysicalResourceId"] = physical_id
        if old_properties is not None:
            event["OldResourceProperties"] = old_properties
        event |= self._call(on_event, event, physical_id or CREATE_FAILED)
        deadline = self.clock.now() + TOTAL_TIMEOUT
        while self.clock.now() < deadline:
            answer = self._call(is_complete, event, event["PhysicalResourceId"])
            if answer["IsComplete"]:
                return event["PhysicalResourceId"], answer.get("Data", {})
            self.a2i.advance(self.poll)
        raise _Failed(event["PhysicalResourceId"], "Operation timed out")

    def _call(self, module: Any, event: dict[str, Any], physical_id: str) -> dict[str, Any]:
        try:
            for _ in range(self.deliveries):
                answer: dict[str, Any] = module.lambda_handler(event, lambda_context())
        except Killed as killed:
            raise _Failed(physical_id, "the function died") from killed
        except Exception as error:  # the framework reports whatever is raised
            raise _Failed(physical_id, f"{type(error).__name__}: {error}") from error
        return answer


class _Failed(Exception):  # noqa: N818
    def __init__(self, physical_id: str, reason: str) -> None:
        super().__init__(reason)
        self.physical_id = physical_id
        self.reason = reason
