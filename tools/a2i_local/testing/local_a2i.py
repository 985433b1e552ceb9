"""A2I service of one test's own: with a work team, a role and a bucket, ready to use."""

import json
import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import boto3
from botocore.config import Config

from a2i_core.human_loops.errors import ServiceError, TaskNotFound
from a2i_core.statuses import HumanLoopStatus
from a2i_local import protocol
from a2i_local.loopback_server import serving
from a2i_local.service import (
    A2IService,
    Clock,
    FaultSettings,
    Member,
    ServiceSettings,
    TaskView,
    Ticker,
)
from a2i_local.service.memory_host import MemoryHost
from a2i_local.testing.endpoint import create_endpoint

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker_a2i_runtime import AugmentedAIRuntimeClient

ACCOUNT = "123456789012"
REGION = "us-east-1"
USER_POOL = "us-east-1_reviewers"
CLIENT_ID = "reviewers"
GROUP = "reviewers"
WORKERS = ("worker-1", "worker-2", "worker-3")
_TRANSITION = timedelta(seconds=1)
_LONGEST_RENDERING_SECONDS = 1.0


class LocalA2I:
    """The service in this process, and an HTTP endpoint for it on 127.0.0.1.

    In a `with` block its life cycles move with time; without, only with `advance`. `role_arn`,
    `bucket` and `workteam_arn` are for flow definitions; `host` holds buckets, roles and user
    pools; `service` is the service itself.
    """

    account = ACCOUNT
    region = REGION
    bucket = "a2i-local"
    role_arn = f"arn:aws:iam::{ACCOUNT}:role/a2i-local"

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        settings: ServiceSettings | None = None,
        state_dir: Path | None = None,
        host: MemoryHost | None = None,
    ) -> None:
        """Make the service; its resources too, unless `state_dir` already holds them.

        Args:
            clock: Time of the service. Default: the machine's, moved on by `advance`.
            settings: Quotas and times of the service. Default: those of Amazon A2I.
            state_dir: Folder that resources and human loops are kept in between processes. Default:
                they are kept in memory.
            host: Buckets, roles and user pools around the service. Default: new ones in memory.
        """
        self.host = host or MemoryHost()
        self._fill_host()
        self.service = A2IService(self.host, clock=clock, settings=settings, state_dir=state_dir)
        self._exits = ExitStack()
        self._exits.callback(self.service.close)
        self.workteam_arn = self._existing_workteam() or self._create_workteam()

    def __enter__(self) -> Self:
        self._exits.enter_context(Ticker(self.service))
        return self

    def __exit__(self, *_exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """End the endpoint and the ticker, and let go of the state directory."""
        self._exits.close()

    @cached_property
    def url(self) -> str:
        """URL of the APIs and of a part of S3; they are served from the first use on."""
        return self._exits.enter_context(serving(create_endpoint(self.service, self.host)))

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables that make any AWS SDK or the AWS CLI use this service."""
        return {
            "AWS_ENDPOINT_URL_SAGEMAKER": self.url,
            "AWS_ENDPOINT_URL_SAGEMAKER_A2I_RUNTIME": self.url,
            "AWS_ENDPOINT_URL_S3": self.url,
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
        }

    @cached_property
    def sagemaker(self) -> "SageMakerClient":
        """The control plane."""
        client: SageMakerClient = self._client("sagemaker")
        return client

    @cached_property
    def runtime(self) -> "AugmentedAIRuntimeClient":
        """The runtime."""
        client: AugmentedAIRuntimeClient = self._client("sagemaker-a2i-runtime")
        return client

    @cached_property
    def s3(self) -> "S3Client":
        """The objects of `host`: PutObject, GetObject and HeadObject."""
        client: S3Client = self._client("s3")
        return client

    @property
    def events(self) -> list[dict[str, Any]]:
        """The status events so far, as a rule on the default bus would deliver them."""
        self.service.wait_until_delivered()
        return [_delivered(event) for event in self.host.events]

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call an operation without HTTP.

        Args:
            operation: Its name, such as `DescribeHumanLoop`.
            **parameters: Its parameters, as botocore spells them.

        Raises:
            ServiceError: The service refuses the call; `code` is A2I's.
        """
        return protocol.call(
            self.service, operation, parameters, account=self.account, region=self.region
        )

    def create_flow_definition(
        self, name: str, template: str, *, task_count: int = 1, **human_loop_config: Any
    ) -> str:
        """Return the ARN of a new flow definition with its template, when it is Active.

        Args:
            name: Name of flow definition and human task UI.
            template: Text of the worker task template.
            task_count: How many different reviewers answer, 1 to 3.
            **human_loop_config: Further fields of HumanLoopConfig, as the service spells them.

        Raises:
            ServiceError: The service refuses one of them.
        """
        ui = self.call("CreateHumanTaskUi", HumanTaskUiName=name, UiTemplate={"Content": template})
        flow = self.call(
            "CreateFlowDefinition",
            FlowDefinitionName=name,
            RoleArn=self.role_arn,
            OutputConfig={"S3OutputPath": f"s3://{self.bucket}/answers"},
            HumanLoopConfig={
                "WorkteamArn": self.workteam_arn,
                "HumanTaskUiArn": ui["HumanTaskUiArn"],
                "TaskTitle": name,
                "TaskDescription": f"Answer {name}",
                "TaskCount": task_count,
                **human_loop_config,
            },
        )
        self.advance(_TRANSITION)
        return str(flow["FlowDefinitionArn"])

    def start(self, name: str, flow_definition_arn: str, task_input: Mapping[str, Any]) -> str:
        """Start a human loop; its task is in the portal when this returns.

        Args:
            name: Name of the human loop.
            flow_definition_arn: What `create_flow_definition` returned.
            task_input: What the template reads as `task.input`.

        Raises:
            ServiceError: The service refuses the start.
        """
        response = self.call(
            "StartHumanLoop",
            HumanLoopName=name,
            FlowDefinitionArn=flow_definition_arn,
            HumanLoopInput={"InputContent": json.dumps(task_input)},
        )
        self.advance(_TRANSITION)
        self._wait_while_rendered(name)
        return str(response["HumanLoopArn"])

    def _wait_while_rendered(self, human_loop_name: str) -> None:
        """Wait until a task is offered that another thread renders, outside of the lock."""
        end = time.monotonic() + _LONGEST_RENDERING_SECONDS
        place = {"account": self.account, "region": self.region}
        while time.monotonic() < end:
            try:
                if self.status(human_loop_name) == HumanLoopStatus.IN_PROGRESS:
                    self.service.worker_tasks.task_id(human_loop_name, **place)
            except TaskNotFound:
                time.sleep(0.002)
            except ServiceError:  # an injected fault
                return
            else:
                return

    def submit(
        self,
        human_loop_name: str,
        answer_content: Mapping[str, Any],
        *,
        worker: str = WORKERS[0],
    ) -> TaskView:
        """Answer a loop's task as a worker.

        The clock moves by one second, so that a loop that was just started has its task.

        Args:
            human_loop_name: Name of the human loop.
            answer_content: The fields of the answer, by their names in the template.
            worker: Who answers: `worker-1`, `worker-2` or `worker-3`.

        Raises:
            WorkerTaskError: The worker has no such task, or the answer is refused.
        """
        self.advance(_TRANSITION)
        tasks = self.service.worker_tasks
        task_id = tasks.task_id(human_loop_name, account=self.account, region=self.region)
        return tasks.submit(task_id, worker, answer_content)

    def output(self, human_loop_name: str) -> dict[str, Any]:
        """Return the output.json of the loop `human_loop_name`.

        Raises:
            KeyError: There is none yet.
        """
        loop = self.call("DescribeHumanLoop", HumanLoopName=human_loop_name)
        bucket, _, key = loop["HumanLoopOutput"]["OutputS3Uri"][len("s3://") :].partition("/")
        document: dict[str, Any] = json.loads(self.host.buckets[bucket][key].body)
        return document

    def status(self, human_loop_name: str) -> str:
        """Return the HumanLoopStatus of the loop `human_loop_name`."""
        loop = self.call("DescribeHumanLoop", HumanLoopName=human_loop_name)
        return str(loop["HumanLoopStatus"])

    def advance(self, delta: timedelta) -> None:
        """Move the service's clock forward: deadlines pass without anybody waiting.

        Args:
            delta: How long, such as `timedelta(hours=1)`.
        """
        self.service.advance_clock(delta)

    def inject(self, faults: FaultSettings) -> None:
        """Replace the faults to show by `faults`; `FaultSettings()` ends them all."""
        self.service.faults.settings = faults

    def _client(self, service_name: str) -> Any:
        # The stubs know clients by literal names only.
        make_client: Any = boto3.client
        return make_client(
            service_name,
            region_name=self.region,
            endpoint_url=self.url,
            aws_access_key_id=self.account,
            aws_secret_access_key="local",  # noqa: S106 - signatures are not checked
            config=Config(retries={"total_max_attempts": 1}),
        )

    def _fill_host(self) -> None:
        self.host.roles.add(self.role_arn)
        self.host.buckets.setdefault(self.bucket, {})
        self.host.user_pool_clients.add((USER_POOL, CLIENT_ID))
        self.host.groups[USER_POOL, GROUP] = [
            Member(sub=f"{name}-sub", username=name, email=f"{name}@example.com")
            for name in WORKERS
        ]

    def _existing_workteam(self) -> str | None:
        teams = self.call("ListWorkteams")["Workteams"]
        return teams[0]["WorkteamArn"] if teams else None

    def _create_workteam(self) -> str:
        client = {"UserPool": USER_POOL, "ClientId": CLIENT_ID}
        self.call("CreateWorkforce", WorkforceName="default", CognitoConfig=client)
        self.advance(_TRANSITION)
        members = [{"CognitoMemberDefinition": {**client, "UserGroup": GROUP}}]
        team = self.call(
            "CreateWorkteam",
            WorkteamName="reviewers",
            Description="Reviewers",
            MemberDefinitions=members,
        )
        return str(team["WorkteamArn"])


def _delivered(event: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": "0",
        "source": event["Source"],
        "detail-type": event["DetailType"],
        "account": event["account"],
        "region": event["region"],
        "resources": event["Resources"],
        "detail": json.loads(event["Detail"]),
    }
