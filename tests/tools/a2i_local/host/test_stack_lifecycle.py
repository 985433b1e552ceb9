"""One stack's life with the real CDK CLI: deployed, unchanged, replaced, kept, destroyed.

Each stage is a fixture on top of the one before, so each test looks at one outcome.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import urllib3
from botocore.exceptions import ClientError

from a2i_local.cdk_cli import CdkCli, CdkCliError
from a2i_local.host import LocalAws
from tests.tools.a2i_local.host.sample_stack import synth_sample

pytestmark = pytest.mark.local_aws

ClientMaker = Callable[[str], Any]
STACK = "Sample"
REFUSE = "/sample/refuse"
FLOW_DEFINITION = "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/any"


@dataclass(frozen=True)
class Stage:
    """What one run of the CLI said and left."""

    outputs: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    error: str = ""


@dataclass(frozen=True)
class Project:
    """Runs the CLI against the module's local AWS."""

    environment: dict[str, str]
    folder: Path

    def deploy(self, assembly: Path) -> Stage:
        lines: list[str] = []
        outputs = self.folder / "outputs.json"
        self.cli(lines).deploy(assembly, STACK, outputs_file=outputs)
        return Stage(json.loads(outputs.read_text(encoding="utf-8"))[STACK], lines)

    def destroy(self, assembly: Path) -> Stage:
        lines: list[str] = []
        try:
            self.cli(lines).destroy(assembly, STACK)
        except CdkCliError as error:
            return Stage(lines=lines, error=str(error))
        return Stage(lines=lines)

    def cli(self, lines: list[str] | None = None) -> CdkCli:
        return CdkCli(self.environment, progress=lines.append if lines is not None else None)


@pytest.fixture(scope="module")
def project(local_aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(local_aws.environment, tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def first_assembly(project: Project) -> Path:
    return synth_sample(project.folder / "first")


@pytest.fixture(scope="module")
def second_assembly(project: Project) -> Path:
    return synth_sample(project.folder / "second", template_text="<b>new</b>")


@pytest.fixture(scope="module")
def deployed(project: Project, first_assembly: Path) -> Stage:
    return project.deploy(first_assembly)


@pytest.fixture(scope="module")
def unchanged(deployed: Stage, project: Project, first_assembly: Path) -> Stage:
    return project.deploy(first_assembly)


@pytest.fixture(scope="module")
def changed_stacks(unchanged: Stage, project: Project, second_assembly: Path) -> int:
    return project.cli().diff(second_assembly, STACK).changed_stacks


@pytest.fixture(scope="module")
def replaced(changed_stacks: int, project: Project, second_assembly: Path) -> Stage:
    return project.deploy(second_assembly)


@pytest.fixture(scope="module")
def refused(replaced: Stage, project: Project, second_assembly: Path, client: ClientMaker) -> Stage:
    client("ssm").put_parameter(Name=REFUSE, Value="yes", Type="String")
    return project.destroy(second_assembly)


@pytest.fixture(scope="module")
def full(
    refused: Stage, replaced: Stage, project: Project, second_assembly: Path, client: ClientMaker
) -> Stage:
    client("ssm").delete_parameter(Name=REFUSE)
    client("s3").put_object(Bucket=replaced.outputs["BucketName"], Key="kept")
    return project.destroy(second_assembly)


@pytest.fixture(scope="module")
def destroyed(
    full: Stage, replaced: Stage, project: Project, second_assembly: Path, client: ClientMaker
) -> Stage:
    s3, bucket = client("s3"), replaced.outputs["BucketName"]
    for found in s3.list_objects_v2(Bucket=bucket)["Contents"]:
        s3.delete_object(Bucket=bucket, Key=found["Key"])
    return project.destroy(second_assembly)


def test_deploys_every_resource(deployed: Stage) -> None:
    assert deployed.outputs["HumanTaskUiArn"].startswith(
        "arn:aws:sagemaker:us-east-1:123456789012:human-task-ui/sample-"
    )
    assert ":workteam/private-crowd/" in deployed.outputs["WorkteamArn"]
    assert deployed.outputs["SubDomain"].endswith(".labeling.us-east-1.sagemaker.aws")


def test_an_output_with_the_portals_address_leads_to_the_local_portal(
    deployed: Stage, local_aws: LocalAws
) -> None:
    assert deployed.outputs["PortalUrl"] == local_aws.portal_url
    assert urllib3.request("GET", deployed.outputs["PortalUrl"]).status == 200


def test_waits_for_a_custom_resource_that_is_complete_later(deployed: Stage) -> None:
    assert deployed.outputs["GuardedUi"] == deployed.outputs["HumanTaskUiArn"]


def test_tells_its_progress_line_by_line(deployed: Stage) -> None:
    assert any("CREATE_COMPLETE" in line and "HumanTaskUi" in line for line in deployed.lines)


def test_makes_the_user_a_member_of_the_team(
    deployed: Stage, unchanged: Stage, client: ClientMaker
) -> None:
    pool = deployed.outputs["UserPoolId"]
    users = client("cognito-idp").list_users_in_group(UserPoolId=pool, GroupName="reviewers")

    assert [user["Username"] for user in users["Users"]] == ["jane"]


def test_runs_a_function_for_each_message(deployed: Stage, client: ClientMaker) -> None:
    client("sqs").send_message(QueueUrl=deployed.outputs["QueueUrl"], MessageBody="written")

    waiter = client("s3").get_waiter("object_exists")
    waiter.wait(
        Bucket=deployed.outputs["BucketName"],
        Key="written",
        WaiterConfig={"Delay": 0.2, "MaxAttempts": 100},
    )


@pytest.mark.parametrize(
    ("call", "code", "denied"),
    [
        (
            {
                "service": "s3",
                "operation": "put_object",
                "parameters": {"Bucket": "{BucketName}", "Key": "k"},
            },
            "AccessDenied",
            "s3:PutObject",
        ),
        (
            {
                "service": "sagemaker-a2i-runtime",
                "operation": "start_human_loop",
                "parameters": {
                    "HumanLoopName": "loop",
                    "FlowDefinitionArn": FLOW_DEFINITION,
                    "HumanLoopInput": {"InputContent": "{}"},
                },
            },
            "AccessDeniedException",
            "sagemaker:StartHumanLoop",
        ),
    ],
)
def test_a_function_may_do_nothing_that_was_not_granted(
    deployed: Stage, client: ClientMaker, call: dict[str, Any], code: str, denied: str
) -> None:
    payload = json.dumps(call).replace("{BucketName}", deployed.outputs["BucketName"])
    answer = client("lambda").invoke(
        FunctionName=deployed.outputs["ProberName"], Payload=payload.encode()
    )

    error = json.loads(answer["Payload"].read())
    assert error["Code"] == code
    assert f"is not authorized to perform: {denied}" in error["Message"]


def test_an_unchanged_stack_has_no_changes(unchanged: Stage) -> None:
    assert any("(no changes)" in line for line in unchanged.lines)


def test_shows_what_would_change(changed_stacks: int) -> None:
    assert changed_stacks == 1


def test_replaces_a_changed_template_and_deletes_the_old_one(
    deployed: Stage, replaced: Stage, client: ClientMaker
) -> None:
    sagemaker = client("sagemaker")
    listed = sagemaker.list_human_task_uis()["HumanTaskUiSummaries"]

    assert [ui["HumanTaskUiArn"] for ui in listed] == [replaced.outputs["HumanTaskUiArn"]]
    assert replaced.outputs["HumanTaskUiArn"] != deployed.outputs["HumanTaskUiArn"]


def test_updates_what_refers_to_the_replaced_resource(replaced: Stage) -> None:
    assert replaced.outputs["GuardedUi"] == replaced.outputs["HumanTaskUiArn"]


def test_a_refused_deletion_fails_with_its_reason(refused: Stage) -> None:
    assert "cdk destroy ended with exit status 1" in refused.error
    assert any("reviews are pending" in line for line in refused.lines)


def test_a_refused_deletion_keeps_what_it_depends_on(
    refused: Stage, replaced: Stage, client: ClientMaker
) -> None:
    stack = client("cloudformation").describe_stack_resources(StackName=STACK)
    kept = {
        resource["ResourceType"]
        for resource in stack["StackResources"]
        if resource["ResourceStatus"] not in {"DELETE_COMPLETE", "DELETE_SKIPPED"}
    }

    assert client("s3").head_bucket(Bucket=replaced.outputs["BucketName"])
    assert client("sqs").get_queue_attributes(QueueUrl=replaced.outputs["QueueUrl"])
    assert len(client("sagemaker").list_human_task_uis()["HumanTaskUiSummaries"]) == 1
    assert {"AWS::Lambda::Function", "AWS::StepFunctions::StateMachine"} <= kept


def test_a_refused_deletion_deletes_everything_else(refused: Stage, client: ClientMaker) -> None:
    assert client("sagemaker").list_workteams()["Workteams"] == []
    assert client("sagemaker").list_workforces()["Workforces"] == []


def test_a_bucket_that_holds_something_is_not_deleted(
    full: Stage, replaced: Stage, client: ClientMaker
) -> None:
    assert any("The bucket you tried to delete is not empty" in line for line in full.lines)
    assert client("s3").head_object(Bucket=replaced.outputs["BucketName"], Key="kept")


def test_leaves_nothing_when_it_is_destroyed(
    destroyed: Stage, replaced: Stage, client: ClientMaker
) -> None:
    assert destroyed.error == ""
    assert client("sagemaker").list_human_task_uis()["HumanTaskUiSummaries"] == []
    assert client("cognito-idp").list_user_pools(MaxResults=10)["UserPools"] == []
    assert client("lambda").list_functions()["Functions"] == []
    with pytest.raises(ClientError, match="NonExistentQueue"):
        client("sqs").get_queue_attributes(QueueUrl=replaced.outputs["QueueUrl"])
    with pytest.raises(ClientError, match="404"):
        client("s3").head_bucket(Bucket=replaced.outputs["BucketName"])
