"""The stack is created, left alone, changed and destroyed; each test continues the one before."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import DISPOSABLE, ROOT, STACK, Project
from tests.end_to_end.leftovers import empty_buckets, left

REQUEST = {
    "reviewId": "life-1",
    "input": {"taskObject": "It arrived late.", "initialValue": "Positive"},
    "prediction": {"Sentiment": "POSITIVE", "SentimentScore": {"Positive": 0.5, "Negative": 0.5}},
}

pytestmark = [pytest.mark.local_aws, pytest.mark.xdist_group("stack-life")]


@pytest.fixture(scope="module")
def assembly(project: Project) -> Path:
    """The stack as it is in cdk.json."""
    return project.synth("first", DISPOSABLE)


@pytest.fixture(scope="module")
def deployed(project: Project, assembly: Path) -> dict[str, str]:
    """The outputs after the first deployment."""
    project.cli.deploy(assembly, STACK)
    return project.outputs()


def events(project: Project) -> list[dict[str, Any]]:
    pages = project.client("cloudformation").get_paginator("describe_stack_events")
    return [event for page in pages.paginate(StackName=STACK) for event in page["StackEvents"]]


def stop_reviews(project: Project) -> None:
    """Stop what is pending, so that its flow definition may go."""
    a2i = project.client("sagemaker-a2i-runtime")
    arn = project.outputs()["SentimentFlowDefinitionArn"]
    for loop in a2i.list_human_loops(FlowDefinitionArn=arn)["HumanLoopSummaries"]:
        a2i.stop_human_loop(HumanLoopName=loop["HumanLoopName"])


def flow_definition(outputs: dict[str, str]) -> str:
    return outputs["SentimentFlowDefinitionArn"].rpartition("/")[2]


def test_deploys_an_active_flow_definition(project: Project, deployed: dict[str, str]) -> None:
    found = project.client("sagemaker").describe_flow_definition(
        FlowDefinitionName=flow_definition(deployed)
    )
    assert found["FlowDefinitionStatus"] == "Active"


def test_publishes_its_parts_as_parameters(project: Project, deployed: dict[str, str]) -> None:
    pages = project.client("ssm").get_paginator("get_parameters_by_path")
    found = {
        parameter["Name"].removeprefix(f"/a2i/{STACK}/"): parameter["Value"]
        for page in pages.paginate(Path=f"/a2i/{STACK}/", Recursive=True)
        for parameter in page["Parameters"]
    }
    assert found["starter-function-name"] == deployed["StarterFunctionName"]
    assert found["queue-url"] == deployed["QueueUrl"]
    assert found["ledger-table"] == deployed["LedgerTableName"]
    assert found["portal-url"].startswith("https://")
    registered = json.loads(found["flows/sentiment"])
    assert registered["flowDefinitionArn"] == deployed["SentimentFlowDefinitionArn"]


def test_without_the_grant_the_starter_is_denied(
    project: Project, deployed: dict[str, str]
) -> None:
    iam = project.client("iam")
    function = project.client("lambda").get_function(FunctionName=deployed["StarterFunctionName"])
    role = function["Configuration"]["Role"].rpartition("/")[2]
    [policy] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    granted = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    reduced = {**granted, "Statement": [s for s in granted["Statement"] if not _starts_loops(s)]}
    assert len(reduced["Statement"]) < len(granted["Statement"])

    iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(reduced))
    denied, is_error = project.send({**REQUEST, "reviewId": "life-denied"})
    iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(granted))
    started, still_error = project.send({**REQUEST, "reviewId": "life-denied"})

    assert is_error
    assert "AccessDeniedException" in denied["errorMessage"]
    assert not still_error, started
    assert started["decision"] == "ReviewStarted"


def _starts_loops(statement: dict[str, Any]) -> bool:
    actions = statement["Action"]
    return "sagemaker:StartHumanLoop" in ([actions] if isinstance(actions, str) else actions)


def test_deploying_unchanged_changes_nothing(
    project: Project, assembly: Path, deployed: dict[str, str]
) -> None:
    before = len(events(project))
    assert project.cli.diff(assembly, STACK).changed_stacks == 0
    project.cli.deploy(project.synth("unchanged", DISPOSABLE), STACK)
    assert len(events(project)) == before


def test_a_changed_template_text_replaces_task_ui_and_flow_definition(
    project: Project, deployed: dict[str, str]
) -> None:
    stop_reviews(project)
    flows = json.dumps([_flow_with_changed_text(project)])
    changed = project.synth("changed", {**DISPOSABLE, "a2i.flows": flows})
    project.cli.deploy(changed, STACK)
    outputs = project.outputs()
    sagemaker = project.client("sagemaker")

    assert flow_definition(outputs) != flow_definition(deployed)
    names = [
        ui["HumanTaskUiName"] for ui in sagemaker.list_human_task_uis()["HumanTaskUiSummaries"]
    ]
    assert len(names) == 1
    for part in ("StarterFunctionName", "QueueUrl", "InputBucketName", "LedgerTableName"):
        assert outputs[part] == deployed[part]

    started, is_error = project.send({**REQUEST, "reviewId": "life-2"})
    assert not is_error, started
    loop = project.client("sagemaker-a2i-runtime").describe_human_loop(
        HumanLoopName=started["humanLoopName"]
    )
    assert loop["FlowDefinitionArn"] == outputs["SentimentFlowDefinitionArn"]


def _flow_with_changed_text(project: Project) -> dict[str, Any]:
    text = (ROOT / "worker_templates" / "sentiment_review.liquid.html").read_text()
    template = project.folder / "sentiment_review.liquid.html"
    template.write_text(text.replace("</crowd-form>", "<p>Take your time.</p></crowd-form>"))
    sample = "sentiment_review.sample.json"
    (project.folder / sample).write_text((ROOT / "worker_templates" / sample).read_text())
    settings = json.loads((ROOT / "cdk.json").read_text())["context"]["a2i"]
    flow: dict[str, Any] = settings["flows"][0]
    return {**flow, "template": str(template)}


def test_destroying_leaves_nothing(project: Project, deployed: dict[str, str]) -> None:
    stop_reviews(project)
    empty_buckets(project)

    project.cli.destroy(project.folder / "changed", STACK)

    assert left(project) == {}
