"""A stack with reviews pending is changed, fails to change, and is destroyed; none is lost.

Each test continues the one before.
"""

import json
from pathlib import Path

import pytest

from a2i_cli.demo.empty_buckets import empty_buckets
from a2i_local.cdk_cli import CdkCliError
from tests.end_to_end.conftest import DISPOSABLE, ROOT, STACK, Project
from tests.end_to_end.operating import Operator, until

# A retired flow definition is kept for two minutes, for starters that began before it was retired.
DRAINED_WITHIN = 240

pytestmark = [pytest.mark.local_aws, pytest.mark.xdist_group("flow-definition-changes")]


class Stack:
    """The deployed stack in the versions that the tests switch between."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def synth(self, name: str, description: str, **context: str) -> Path:
        settings = json.loads((ROOT / "cdk.json").read_text())["context"]["a2i"]
        flow = {**settings["flows"][0], "description": description}
        return self.project.synth(name, {**DISPOSABLE, "a2i.flows": json.dumps([flow]), **context})

    def deploy(self, assembly: Path) -> str:
        """Deploy, and return the name of the flow definition that is then in use."""
        self.project.cli.deploy(assembly, STACK)
        return self.flow_definition()

    def flow_definition(self) -> str:
        return self.project.outputs()["SentimentFlowDefinitionArn"].rpartition("/")[2]

    def flow_definitions(self) -> set[str]:
        listed = self.project.client("sagemaker").list_flow_definitions()
        return {flow["FlowDefinitionName"] for flow in listed["FlowDefinitionSummaries"]}

    def workteams(self) -> set[str]:
        listed = self.project.client("sagemaker").list_workteams()
        return {team["WorkteamArn"] for team in listed["Workteams"]}


@pytest.fixture(scope="module")
def stack(project: Project) -> Stack:
    return Stack(project)


@pytest.fixture(scope="module")
def first(stack: Stack) -> Path:
    return stack.synth("first", "The first version")


@pytest.fixture(scope="module")
def operator(project: Project, first: Path) -> Operator:
    project.cli.deploy(first, STACK)
    return Operator(project)


def pending_by_definition(operator: Operator) -> dict[str, tuple[bool, int]]:
    return {
        flow["flowDefinitionName"]: (flow["current"], flow["pending"])
        for flow in operator.json("flow", "list")
    }


def answer_all(operator: Operator, loops: dict[str, str]) -> None:
    """Answer in the portal, and wait until each review has its result."""
    for loop in loops.values():
        operator.answer(loop)
    until(lambda: operator.json("review", "list") == [])
    for review_id in loops:
        review = operator.json("review", "show", review_id, "--answer")
        assert review["status"] == "Completed"
        assert review["answer"] == {"sentiment": {"label": "Negative"}}


def reconcile_until_gone(operator: Operator, flow_definitions: set[str]) -> None:
    """Wait until reports have told of the deletion of all of these."""
    deleted: set[str] = set()

    def look() -> bool:
        report = operator.json("reconcile")
        deleted.update(each["name"] for each in report["retiredFlowDefinitions"] if each["deleted"])
        return flow_definitions <= deleted

    until(look, DRAINED_WITHIN)


def test_changing_there_and_back_loses_no_pending_review(
    stack: Stack, operator: Operator, first: Path
) -> None:
    former = stack.flow_definition()
    loops = {
        review_id: operator.start(review_id) for review_id in ("there-1", "there-2", "there-3")
    }

    current = stack.deploy(stack.synth("second", "The second version"))
    loops["back-1"] = operator.start("back-1")
    assert pending_by_definition(operator) == {former: (False, 3), current: (True, 1)}

    assert stack.deploy(first) == former
    assert pending_by_definition(operator) == {former: (True, 3), current: (False, 1)}
    answer_all(operator, loops)


def test_a_retired_definition_goes_with_the_last_of_its_reviews(
    stack: Stack, operator: Operator
) -> None:
    current = stack.flow_definition()
    retired = stack.flow_definitions() - {current}
    assert retired
    reconcile_until_gone(operator, retired)
    until(lambda: stack.flow_definitions() == {current})


def test_an_update_that_fails_leaves_the_former_definition_in_use(
    stack: Stack, operator: Operator
) -> None:
    former = stack.flow_definition()
    loops = {"failed-1": operator.start("failed-1")}
    broken = stack.synth("broken", "A version that fails")
    fail_after_the_flow_definition(broken)

    with pytest.raises(CdkCliError):
        stack.deploy(broken)

    assert stack.flow_definition() == former
    loops["failed-2"] = operator.start("failed-2")
    assert pending_by_definition(operator)[former] == (True, 2)
    answer_all(operator, loops)
    until(lambda: stack.flow_definitions() == {former})


def fail_after_the_flow_definition(assembly: Path) -> None:
    """Add a second workforce, which no region allows, to be made last."""
    path = assembly / f"{STACK}.template.json"
    template = json.loads(path.read_text())
    [flow_definition] = [
        name
        for name, resource in template["Resources"].items()
        if resource["Type"] == "Custom::A2IFlowDefinition"
    ]
    [workforce] = [
        resource
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::SageMaker::Workforce"
    ]
    template["Resources"]["SecondWorkforce"] = {
        "Type": "AWS::SageMaker::Workforce",
        "Properties": {**workforce["Properties"], "WorkforceName": "second"},
        "DependsOn": [flow_definition],
    }
    path.write_text(json.dumps(template))


def test_destroying_is_refused_while_a_review_is_pending(
    stack: Stack, operator: Operator, first: Path
) -> None:
    loops = {"destroy-1": operator.start("destroy-1")}

    with pytest.raises(CdkCliError):
        stack.project.cli.destroy(first, STACK)

    assert "1 human loops in progress" in stack.project.event_reasons()
    assert "a2i flow discard-pending" in stack.project.event_reasons()
    loops["destroy-2"] = operator.start("destroy-2")
    answer_all(operator, loops)


def test_destroying_is_allowed_once_nothing_is_pending_and_leaves_nothing_of_a2i(
    stack: Stack, operator: Operator, first: Path
) -> None:
    operator.start("destroy-3")
    operator.a2i("flow", "discard-pending", "--queued", "--yes", "--timeout", "180")
    client = stack.project.client
    empty_buckets(client("cloudformation"), client("s3"), STACK)

    stack.project.cli.destroy(first, STACK)

    assert stack.flow_definitions() == set()
    assert stack.workteams() == set()
