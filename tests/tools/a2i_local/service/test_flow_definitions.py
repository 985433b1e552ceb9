"""Flow definitions: from Initializing to Active, and their end."""

from datetime import timedelta

import pytest

from a2i_core.human_loops.errors import ResourceNotFoundException
from a2i_local.service import FaultSettings, ServiceError
from a2i_local.service.errors import ResourceInUse, ResourceNotFound
from a2i_local.testing import LocalA2I

SHORTLY = timedelta(seconds=1)
PRICE = {"AmountInUsd": {"Dollars": 0, "Cents": 1, "TenthFractionsOfACent": 2}}


def _status(a2i: LocalA2I, name: str) -> str:
    return str(a2i.call("DescribeFlowDefinition", FlowDefinitionName=name)["FlowDefinitionStatus"])


def _create(a2i: LocalA2I, name: str) -> None:
    ui = a2i.call(
        "CreateHumanTaskUi", HumanTaskUiName=name, UiTemplate={"Content": "<crowd-form/>"}
    )
    a2i.call(
        "CreateFlowDefinition",
        FlowDefinitionName=name,
        RoleArn=a2i.role_arn,
        OutputConfig={"S3OutputPath": f"s3://{a2i.bucket}"},
        HumanLoopConfig={
            "WorkteamArn": a2i.workteam_arn,
            "HumanTaskUiArn": ui["HumanTaskUiArn"],
            "TaskTitle": "title",
            "TaskDescription": "description",
            "TaskCount": 1,
        },
    )


def test_is_initializing_before_it_is_active(still: LocalA2I) -> None:
    _create(still, "new")
    assert _status(still, "new") == "Initializing"
    still.advance(SHORTLY)
    assert _status(still, "new") == "Active"


def test_fails_with_the_injected_reason(still: LocalA2I) -> None:
    still.inject(FaultSettings(failed_flow_definitions={"new*": "no capacity"}))
    _create(still, "new-1")
    still.advance(SHORTLY)
    described = still.call("DescribeFlowDefinition", FlowDefinitionName="new-1")
    assert (described["FlowDefinitionStatus"], described["FailureReason"]) == (
        "Failed",
        "no capacity",
    )


def test_creation_and_deletion_take_as_long_as_injected(still: LocalA2I) -> None:
    still.inject(FaultSettings(slow_flow_definitions={"slow-*": 60}))
    _create(still, "slow-1")
    still.advance(timedelta(seconds=60))
    assert _status(still, "slow-1") == "Initializing"
    still.advance(SHORTLY)
    still.call("DeleteFlowDefinition", FlowDefinitionName="slow-1")
    still.advance(timedelta(seconds=60))
    assert _status(still, "slow-1") == "Deleting"
    still.advance(SHORTLY)
    with pytest.raises(ResourceNotFound):
        _status(still, "slow-1")


def test_fails_to_delete_what_is_not_active(still: LocalA2I) -> None:
    _create(still, "new")
    with pytest.raises(ResourceInUse, match="Initializing"):
        still.call("DeleteFlowDefinition", FlowDefinitionName="new")


def test_deleted_name_is_gone_and_can_be_used_again(still: LocalA2I, flow: str) -> None:
    still.call("DeleteFlowDefinition", FlowDefinitionName="review")
    assert _status(still, "review") == "Deleting"
    still.advance(SHORTLY)
    with pytest.raises(ResourceNotFound):
        still.call("DescribeFlowDefinition", FlowDefinitionName="review")
    with pytest.raises(ResourceNotFoundException):
        still.call("ListHumanLoops", FlowDefinitionArn=flow)
    still.call("DeleteHumanTaskUi", HumanTaskUiName="review")
    still.advance(SHORTLY)
    assert still.create_flow_definition("review", "<crowd-form/>") == flow
    assert still.call("ListHumanLoops", FlowDefinitionArn=flow)["HumanLoopSummaries"] == []


def test_deletion_stops_and_deletes_loops_that_nobody_opened(still: LocalA2I, flow: str) -> None:
    still.start("waiting", flow, {"text": "a"})
    still.call("DeleteFlowDefinition", FlowDefinitionName="review")
    with pytest.raises(ResourceNotFoundException):
        still.call("DescribeHumanLoop", HumanLoopName="waiting")
    assert [event["detail"]["humanLoopStatus"] for event in still.events] == ["Stopped"]


def test_deletion_waits_for_opened_tasks_and_keeps_their_answers(
    still: LocalA2I, flow: str
) -> None:
    still.start("opened", flow, {"text": "a"})
    tasks = still.service.worker_tasks
    task_id = tasks.list("worker-1")[0].id
    tasks.accept(task_id, "worker-1")
    still.call("DeleteFlowDefinition", FlowDefinitionName="review")
    still.advance(timedelta(minutes=30))
    assert _status(still, "review") == "Deleting"
    tasks.submit(task_id, "worker-1", {"label": "yes"})
    assert still.output("opened")["humanAnswers"][0]["answerContent"] == {"label": "yes"}
    assert still.status("opened") == "Completed"
    still.advance(SHORTLY)
    with pytest.raises(ResourceNotFound):
        _status(still, "review")


def test_deletion_ends_when_the_worker_lets_the_time_run_out(still: LocalA2I, flow: str) -> None:
    still.start("opened", flow, {"text": "a"})
    tasks = still.service.worker_tasks
    tasks.accept(tasks.list("worker-1")[0].id, "worker-1")
    still.call("DeleteFlowDefinition", FlowDefinitionName="review")
    still.advance(timedelta(hours=1))
    assert still.status("opened") == "Stopped"
    still.advance(SHORTLY)
    with pytest.raises(ResourceNotFound):
        _status(still, "review")


def test_deletion_leaves_a_half_answered_loop_without_output(
    still: LocalA2I, pair_flow: str
) -> None:
    still.start("half", pair_flow, {"text": "a"})
    still.submit("half", {"label": "yes"}, worker="worker-1")
    still.call("DeleteFlowDefinition", FlowDefinitionName="pair")
    assert still.status("half") == "Stopped"
    assert not still.host.buckets[still.bucket]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"RoleArn": "arn:aws:iam::123456789012:role/missing"}, "Could not assume role"),
        ({"OutputConfig": {"S3OutputPath": "s3://missing/path"}}, "The specified S3 bucket"),
        ({"OutputConfig": {"S3OutputPath": "s3://B/path"}}, "expected s3://bucket/prefix"),
        ({"HumanLoopConfig": None}, "HumanLoopConfig must be specified"),
        (
            {
                "HumanLoopRequestSource": {
                    "AwsManagedHumanLoopRequestSource": "AWS/Textract/AnalyzeDocument/Forms/V1"
                }
            },
            "custom task types only",
        ),
        (
            {
                "HumanLoopActivationConfig": {
                    "HumanLoopActivationConditionsConfig": {"HumanLoopActivationConditions": "{}"}
                }
            },
            "cannot be used for custom task types",
        ),
    ],
)
def test_fails_to_create_what_cannot_work(
    still: LocalA2I, flow: str, changes: dict[str, object], message: str
) -> None:
    described = still.call("DescribeFlowDefinition", FlowDefinitionName="review")
    request = {
        name: described[name] for name in ("RoleArn", "OutputConfig", "HumanLoopConfig")
    } | changes
    with pytest.raises(ServiceError, match=message) as caught:
        still.call("CreateFlowDefinition", FlowDefinitionName="other", **request)
    assert caught.value.code == "ValidationException"


@pytest.mark.parametrize(
    ("member", "arn"),
    [
        ("WorkteamArn", "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/missing"),
        ("WorkteamArn", "arn:aws:sagemaker:us-east-1:394669845002:workteam/public-crowd/default"),
        ("WorkteamArn", "arn:aws:sagemaker:eu-west-1:123456789012:workteam/vendor-crowd/experts"),
        (
            "WorkteamArn",
            "arn:aws:sagemaker:eu-west-1:123456789012:workteam/private-crowd/reviewers",
        ),
        ("HumanTaskUiArn", "arn:aws:sagemaker:us-east-1:123456789012:human-task-ui/missing"),
    ],
)
def test_fails_to_create_with_a_part_that_does_not_exist(
    still: LocalA2I, flow: str, member: str, arn: str
) -> None:
    described = still.call("DescribeFlowDefinition", FlowDefinitionName="review")
    with pytest.raises(ServiceError) as caught:
        still.call(
            "CreateFlowDefinition",
            FlowDefinitionName="other",
            RoleArn=still.role_arn,
            OutputConfig=described["OutputConfig"],
            HumanLoopConfig=described["HumanLoopConfig"] | {member: arn},
        )
    kind = member.removesuffix("Arn")
    assert caught.value.message == (
        f"The specified {kind} '{arn}' does not exist or you do not have access to it."
    )


def test_describes_what_was_created(still: LocalA2I, flow: str) -> None:
    described = still.call("DescribeFlowDefinition", FlowDefinitionName="review")
    assert described["FlowDefinitionArn"] == flow
    assert described["HumanLoopConfig"]["TaskTitle"] == "review"
    assert described["OutputConfig"] == {"S3OutputPath": f"s3://{still.bucket}/answers"}
    assert "FailureReason" not in described


def _create_with_team(
    a2i: LocalA2I, arn: str, price: dict[str, dict[str, int]] | None = None
) -> dict[str, object]:
    described = a2i.call("DescribeFlowDefinition", FlowDefinitionName="review")
    config = described["HumanLoopConfig"] | {"WorkteamArn": arn}
    created = a2i.call(
        "CreateFlowDefinition",
        FlowDefinitionName="other",
        RoleArn=a2i.role_arn,
        OutputConfig=described["OutputConfig"],
        HumanLoopConfig=config | ({"PublicWorkforceTaskPrice": price} if price else {}),
    )
    a2i.advance(SHORTLY)
    return created


@pytest.mark.parametrize("kind", ["private-crowd", "vendor-crowd"])
def test_no_team_takes_a_price(still: LocalA2I, flow: str, kind: str) -> None:
    arn = still.workteam_arn.replace("private-crowd", kind)
    with pytest.raises(ServiceError, match="can only be specified for the public work team"):
        _create_with_team(still, arn, PRICE)


def test_a_vendors_team_is_taken_on_trust(still: LocalA2I, flow: str) -> None:
    created = _create_with_team(still, still.workteam_arn.replace("private-crowd", "vendor-crowd"))
    still.start("loop", str(created["FlowDefinitionArn"]), {"text": "a"})
    assert still.status("loop") == "InProgress"


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetBucketLocation", "arn:aws:s3:::a2i-local"),
        ("s3:PutObject", "arn:aws:s3:::a2i-local/new/output.json"),
    ],
)
def test_fails_to_create_with_a_role_that_cannot_write_answers(
    still: LocalA2I, action: str, resource: str
) -> None:
    still.host.denied_actions.add(action)
    with pytest.raises(ServiceError, match=f"permission {action} on {resource}"):
        _create(still, "new")
