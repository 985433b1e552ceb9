"""`a2i loop` against A2I as the local AWS has it."""

import json
from pathlib import Path

import pytest
from mypy_boto3_sagemaker_a2i_runtime.type_defs import HumanLoopInputTypeDef

from tests.tools.a2i_cli.small_stack import A2ICommand, DeployedStack

CONTENT: HumanLoopInputTypeDef = {"InputContent": '{"text": "x"}'}


@pytest.fixture
def with_flow(stack: DeployedStack) -> DeployedStack:
    stack.add_flow()
    return stack


def test_lists_the_loops_of_current_and_retired_definitions_newest_first(
    a2i: A2ICommand, stack: DeployedStack
) -> None:
    retired = stack.add_flow(digest="aaaaaaaaaa")
    first = stack.start_loop("order-1")
    current = stack.add_flow(digest="bbbbbbbbbb")
    second = stack.start_loop("order-2")
    listed = a2i("loop", "list", "--stack", stack.name, "--json")
    assert listed.exit_code == 0, listed.stderr
    found = [
        (loop["humanLoopName"], loop["flowDefinitionArn"]) for loop in json.loads(listed.stdout)
    ]
    assert found == [(second, current), (first, retired)]


def test_lists_no_loops_of_another_stack(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    foreign = with_flow.create_definition("sentiment-00000000-0123456789")
    with_flow.clients.a2i.start_human_loop(
        HumanLoopName="foreign",
        FlowDefinitionArn=foreign,
        HumanLoopInput=CONTENT,
    )
    own = with_flow.start_loop("order-1")
    listed = a2i("loop", "list", "--stack", with_flow.name, "--json")
    assert [loop["humanLoopName"] for loop in json.loads(listed.stdout)] == [own]


def test_lists_more_loops_than_a_page_holds(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    names = {with_flow.start_loop(f"order-{number}") for number in range(105)}
    listed = a2i("loop", "list", "--stack", with_flow.name, "--json")
    assert {loop["humanLoopName"] for loop in json.loads(listed.stdout)} == names


def test_limits_and_filters_the_list(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    with_flow.start_loop("order-1")
    answered = with_flow.start_loop("order-2")
    with_flow.start_loop("order-3")
    with_flow.answer(answered)
    completed = a2i("loop", "list", "--stack", with_flow.name, "--status", "Completed", "--json")
    assert [loop["humanLoopName"] for loop in json.loads(completed.stdout)] == [answered]
    newest = a2i("loop", "list", "--stack", with_flow.name, "--limit", "2", "--json")
    assert len(json.loads(newest.stdout)) == 2


def test_shows_a_loop_for_people_without_its_content(
    a2i: A2ICommand, with_flow: DeployedStack
) -> None:
    loop = with_flow.start_loop("order-1")
    shown = a2i("loop", "show", loop)
    assert loop in shown.stdout
    assert "InProgress" in shown.stdout
    assert "secret words" not in shown.output


def test_fails_in_one_line_when_a_loop_does_not_exist(a2i: A2ICommand) -> None:
    shown = a2i("loop", "show", "no-such-loop")
    assert shown.exit_code == 1
    assert shown.stdout == ""
    assert shown.stderr.startswith(
        "error: AWS refused DescribeHumanLoop: ResourceNotFoundException"
    )
    assert shown.stderr.count("\n") == 1


def test_starts_through_the_starter_function(
    a2i: A2ICommand, with_flow: DeployedStack, tmp_path: Path
) -> None:
    (tmp_path / "input.json").write_text('{"text": "x"}')
    (tmp_path / "prediction.json").write_text('{"score": 0.5}')
    started = a2i(
        "loop", "start", "--stack", with_flow.name, "--flow", "sentiment", "--review-id", "order-1",
        "--input", str(tmp_path / "input.json"), "--prediction", str(tmp_path / "prediction.json"),
        "--json",
    )  # fmt: skip
    assert started.exit_code == 0, started.stderr
    assert json.loads(started.stdout) == {
        "decision": "ReviewStarted",
        "reasons": ["asked"],
        "reviewId": "order-1",
        "flow": "sentiment",
        "input": {"text": "x"},
        "prediction": {"score": 0.5},
    }


def test_starts_a_request_from_standard_input(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    request = json.dumps({"reviewId": "order-1", "input": {}})
    started = a2i("loop", "start", "--stack", with_flow.name, "--request", "-", stdin=request)
    assert started.exit_code == 0, started.stderr
    assert "ReviewStarted" in started.stdout


def test_repeats_the_starters_words_when_it_refuses(
    a2i: A2ICommand, with_flow: DeployedStack
) -> None:
    started = a2i("loop", "start", "--stack", with_flow.name, "--request", "-", stdin="{}")
    assert started.exit_code == 1
    assert started.stderr.startswith("error: the starter refused the request: ")
    assert started.stderr.endswith(": input is missing\n")


@pytest.mark.parametrize("content", ["[1]", "{", None], ids=["list", "broken", "absent"])
def test_fails_when_a_file_holds_no_json_object(
    a2i: A2ICommand, with_flow: DeployedStack, tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "request.json"
    if content is not None:
        path.write_text(content)
    started = a2i("loop", "start", "--stack", with_flow.name, "--request", str(path))
    assert started.exit_code == 1
    assert str(path) in started.stderr


def test_fails_when_two_files_are_to_be_read_from_standard_input(
    a2i: A2ICommand, with_flow: DeployedStack
) -> None:
    files = ("--request", "-", "--input", "-")
    started = a2i("loop", "start", "--stack", with_flow.name, *files, stdin="{}")
    assert started.exit_code == 2
    assert "only one of --request, --input and --prediction can be -" in started.stderr


def test_stops_after_a_yes_and_waits(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    loop = with_flow.start_loop("order-1")
    refused = a2i("loop", "stop", loop, "--stack", with_flow.name, stdin="n\n")
    assert refused.exit_code == 1
    assert with_flow.loop_status(loop) == "InProgress"
    stopped = a2i("loop", "stop", loop, "--stack", with_flow.name, stdin="y\n")
    assert stopped.exit_code == 0, stopped.stderr
    waited = a2i("loop", "wait", loop, "--timeout", "20", "--json")
    assert json.loads(waited.stdout)[0]["humanLoopStatus"] == "Stopped"
    assert waited.exit_code == 1
    assert "ended without answers" in waited.stderr


def test_refuses_to_stop_a_loop_of_another_stack(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    foreign = with_flow.create_definition("sentiment-11111111-0123456789")
    with_flow.clients.a2i.start_human_loop(
        HumanLoopName="not-ours", FlowDefinitionArn=foreign, HumanLoopInput=CONTENT
    )
    stopped = a2i("loop", "stop", "not-ours", "--stack", with_flow.name, "--yes")
    assert stopped.exit_code == 1
    assert "sentiment-11111111-0123456789" in stopped.stderr
    assert with_flow.loop_status("not-ours") == "InProgress"


def test_gives_up_waiting_when_the_time_is_over(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    loop = with_flow.start_loop("order-1")
    waited = a2i("loop", "wait", loop, "--timeout", "1")
    assert waited.exit_code == 1
    assert f"not final after 1 s: {loop}" in waited.stderr
    assert "0 of 1 human loops are final" in waited.stderr


def test_prints_the_result_of_a_completed_loop(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    loop = with_flow.start_loop("order-1")
    early = a2i("loop", "result", loop)
    assert early.exit_code == 1
    assert "only a Completed one has a result" in early.stderr
    with_flow.answer(loop, "fine")
    waited = a2i("loop", "wait", loop)
    assert waited.exit_code == 0
    as_json = json.loads(a2i("loop", "result", loop, "--json").stdout)
    assert as_json["humanAnswers"][0]["answerContent"] == {"verdict": "fine"}
    assert "fine" in a2i("loop", "result", loop).stdout


def test_deletes_a_finished_loop_only(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    loop = with_flow.start_loop("order-1")
    early = a2i("loop", "delete", loop, "--stack", with_flow.name, "--yes")
    assert early.exit_code == 1
    assert "run a2i loop stop" in early.stderr
    with_flow.answer(loop)
    deleted = a2i("loop", "delete", loop, "--stack", with_flow.name, "--yes")
    assert deleted.exit_code == 0, deleted.stderr
    assert a2i("loop", "show", loop).exit_code == 1


def test_keeps_a_loop_whose_end_the_ledger_has_not_recorded(
    a2i: A2ICommand, with_flow: DeployedStack
) -> None:
    loop = with_flow.start_loop("order-1")
    with_flow.record("order-1", "InProgress")
    with_flow.answer(loop)
    deleted = a2i("loop", "delete", loop, "--stack", with_flow.name, "--yes")
    assert deleted.exit_code == 1
    assert "the ledger has not recorded the end" in deleted.stderr
    assert with_flow.loop_status(loop) == "Completed"
