"""Reports on real changes of our stack, and what stops a pipeline among them."""

import json

import pytest
from typer.testing import CliRunner

from a2i_cli.main import app
from a2i_cli.stack_diff.assembly import NOTHING
from a2i_cli.stack_diff.flows import FlowState
from a2i_cli.stack_diff.markdown import as_markdown
from a2i_cli.stack_diff.report import Gate
from tests.tools.a2i_cli.stack_diff.changes import CHANGES, REPORTS, compared, expected, synthesized

# They share synthesized stacks, and each comparison starts Node.
pytestmark = [pytest.mark.process, pytest.mark.xdist_group("stack diff")]


@pytest.mark.parametrize("change", CHANGES)
def test_the_report_reads_as_expected(change: str) -> None:
    """`python -m tests.tools.a2i_cli.stack_diff.changes` writes the files; read what changed."""
    assert as_markdown(compared(*CHANGES[change])) == expected(change).read_text(encoding="utf-8")


def test_every_expected_report_belongs_to_a_change() -> None:
    assert {*REPORTS.iterdir()} == {expected(change) for change in CHANGES}


def test_only_the_key_that_nobody_names_loses_reviews() -> None:
    losing = {name for name, change in CHANGES.items() if compared(*change).lost}
    assert losing == {"key"}
    assert compared("default", "key with the former one named").lost == ()


def test_a_backend_that_is_left_without_draining_loses_reviews() -> None:
    [lost] = compared("default", "account").lost
    assert lost.startswith("backend `a2i`, where their human loops are: name it in")
    drained = compared("default", "account, A2I drains")
    assert drained.lost == ()
    [flow] = drained.flows
    assert ("backend", "a2i", "account") in {
        (field.name, field.before, field.after) for field in flow.fields
    }


def test_gates_stop_what_they_are_for() -> None:
    stopped = {
        gate: {name for name, change in CHANGES.items() if compared(*change).failures([gate])}
        for gate in Gate
    }
    assert stopped == {
        Gate.LOST_REVIEWS: {"key"},
        Gate.REPLACED_STATEFUL: {"team mode"},
        Gate.WIDENED_PERMISSIONS: {"key", "new flow"},
    }


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ("title", FlowState.REPLACED),
        ("template", FlowState.REPLACED),
        ("team mode", FlowState.REPLACED),
        ("condition", FlowState.IN_PLACE),
    ],
)
def test_a_flow_is_replaced_by_what_a2i_cannot_change(change: str, state: FlowState) -> None:
    [flow] = compared(*CHANGES[change]).flows
    assert flow.state is state


def test_a_gate_fails_the_command_after_the_report() -> None:
    arguments = ["stack", "diff", synthesized("default"), synthesized("key")]
    passed = CliRunner().invoke(app, arguments)
    assert passed.exit_code == 0
    gated = CliRunner().invoke(app, [*arguments, "--fail-on", "lost-reviews"])
    assert gated.exit_code == 1
    assert gated.stdout == passed.stdout
    assert gated.stderr.startswith("error: the change does not pass: lost-reviews: key")


def test_programs_get_json_and_workflows_annotations() -> None:
    arguments = ["stack", "diff", synthesized("default"), synthesized("key")]
    document = json.loads(CliRunner().invoke(app, [*arguments, "--format", "json"]).stdout)
    assert [failure.split(":")[0] for failure in document["failures"]] == [
        "lost-reviews",
        "widened-permissions",
    ]
    assert document["flows"][0]["state"] == "replaced"
    lines = CliRunner().invoke(app, [*arguments, "--format", "github"]).stdout.splitlines()
    assert lines[0].startswith("::error title=lost-reviews::key `ReviewRuntime/Key`")
    assert lines[-1].startswith("::notice title=flow sentiment::replaced; reviews: the update is")


def test_a_first_deployment_is_one_page() -> None:
    diff = compared(NOTHING, "default")
    text = as_markdown(diff)
    assert text.startswith("# First deployment of stack HumanReview\n\n- Flows: 1 new.\n")
    assert "- sentiment, reviewers for each task: `1`" in text
    assert "- `ReviewRuntime/Ledger/Table` (AWS::DynamoDB::Table)" in text
    assert "<crowd-form>" not in text
    assert len(text.splitlines()) < 120
    assert diff.failures(list(Gate)) == []


def test_the_same_stack_has_no_change() -> None:
    text = as_markdown(compared("default", "default"))
    assert "- Resources: none changes." in text
    assert "No change: worker task templates, permissions" in text
