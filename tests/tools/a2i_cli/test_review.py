"""`a2i review` against a ledger, buckets and human loops on the local AWS."""

import json

import pytest
from botocore.stub import Stubber

from a2i_cli.deployed.s3_objects import erase_objects
from a2i_cli.failures import CommandError
from a2i_core.names import human_loop_prefix
from tests.tools.a2i_cli.small_stack import A2ICommand, DeployedStack, OfflineClients


@pytest.fixture
def with_flow(stack: DeployedStack) -> DeployedStack:
    stack.add_flow()
    return stack


def test_lists_open_reviews_of_all_flows_oldest_first(
    a2i: A2ICommand, with_flow: DeployedStack
) -> None:
    with_flow.record("order-1", "InProgress", startedAt="2030-01-02T00:00:00.000Z")
    with_flow.record("order-2", "Starting", startedAt="2030-01-01T00:00:00.000Z")
    with_flow.record("order-3", "InProgress", flow="removed", startedAt="2030-01-03T00:00:00.000Z")
    with_flow.record("order-4", "Completed")
    listed = a2i("review", "list", "--stack", with_flow.name, "--json")
    assert listed.exit_code == 0, listed.stderr
    reviews = json.loads(listed.stdout)
    assert [review["reviewId"] for review in reviews] == ["order-2", "order-1", "order-3"]
    assert reviews[0]["open"] is True


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--flow", "sentiment"], {"order-1", "order-2"}),
        (["--status", "InProgress"], {"order-1", "order-3"}),
        (["--all"], {"order-1", "order-2", "order-3", "order-4"}),
        (["--all", "--flow", "sentiment"], {"order-1", "order-2", "order-4"}),
        (["--status", "Completed"], {"order-4"}),
    ],
    ids=["flow", "open status", "all", "all of a flow", "final status"],
)
def test_filters_the_list(
    a2i: A2ICommand, with_flow: DeployedStack, options: list[str], expected: set[str]
) -> None:
    with_flow.record("order-1", "InProgress")
    with_flow.record("order-2", "Starting")
    with_flow.record("order-3", "InProgress", flow="removed")
    with_flow.record("order-4", "Completed")
    listed = a2i("review", "list", "--stack", with_flow.name, "--json", *options)
    assert {review["reviewId"] for review in json.loads(listed.stdout)} == expected


def test_lists_more_reviews_than_a_page_of_dynamodb_holds(
    a2i: A2ICommand, with_flow: DeployedStack
) -> None:
    padding = "x" * 300_000  # a page ends at 1 MB
    for number in range(8):
        with_flow.record(f"order-{number}", "InProgress", padding=padding)
    listed = a2i("review", "list", "--stack", with_flow.name, "--json")
    assert len(json.loads(listed.stdout)) == 8


def test_says_so_when_nothing_is_open(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    listed = a2i("review", "list", "--stack", with_flow.name)
    assert listed.stdout == "no open reviews; finished ones show with --all\n"
    assert json.loads(a2i("review", "list", "--stack", with_flow.name, "--json").stdout) == []


def test_tells_a_mistyped_flow_from_one_with_nothing_open(
    a2i: A2ICommand, with_flow: DeployedStack
) -> None:
    listed = a2i("review", "list", "--stack", with_flow.name, "--flow", "sentimnt", "--json")
    assert listed.exit_code == 1
    assert "has no flow 'sentimnt', and no such reviews of a removed one; it has: sentiment" in (
        listed.stderr
    )


def test_shows_a_review_without_answer_and_without_task_token(
    a2i: A2ICommand, with_flow: DeployedStack
) -> None:
    _, result = with_flow.put_documents("order-1")
    with_flow.record("order-1", "Completed", resultUri=result)
    shown = a2i("review", "show", "order-1", "--stack", with_flow.name)
    assert shown.exit_code == 0, shown.stderr
    assert "Completed" in shown.stdout
    assert "fine" not in shown.stdout
    assert "a-secret-token" not in shown.stdout


def test_shows_the_answer_on_request(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    _, result = with_flow.put_documents("order-1")
    with_flow.record("order-1", "Completed", resultUri=result)
    shown = a2i("review", "show", "order-1", "--answer", "--json", "--stack", with_flow.name)
    assert json.loads(shown.stdout)["answer"] == {"verdict": "fine"}


def test_fails_to_show_the_answer_of_an_open_review(
    a2i: A2ICommand, with_flow: DeployedStack
) -> None:
    with_flow.record("order-1", "InProgress")
    shown = a2i("review", "show", "order-1", "--answer", "--stack", with_flow.name)
    assert shown.exit_code == 1
    assert shown.stderr == "error: review 'order-1' is InProgress: it has no result yet\n"


def test_asks_for_the_flow_where_two_have_the_review(a2i: A2ICommand, stack: DeployedStack) -> None:
    for flow in ("sentiment", "objects"):
        stack.add_flow(flow)
        stack.record("order-1", "InProgress", flow=flow)
    ambiguous = a2i("review", "show", "order-1", "--stack", stack.name)
    assert ambiguous.exit_code == 1
    assert "flows objects, sentiment all have a review 'order-1'" in ambiguous.stderr
    chosen = a2i("review", "show", "order-1", "--flow", "objects", "--json", "--stack", stack.name)
    assert json.loads(chosen.stdout)["flow"] == "objects"


def test_fails_when_no_flow_has_the_review(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    shown = a2i("review", "show", "order-9", "--stack", with_flow.name)
    assert shown.exit_code == 1
    assert "no review 'order-9' in the ledger" in shown.stderr


def test_erases_all_that_a_finished_review_left(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    loop = with_flow.start_loop("order-1")
    with_flow.answer(loop)
    output = with_flow.clients.a2i.describe_human_loop(HumanLoopName=loop)["HumanLoopOutput"]
    request, result = with_flow.put_documents("order-1")
    with_flow.record(
        "order-1",
        "Completed",
        requestUri=request,
        resultUri=result,
        outputUri=output["OutputS3Uri"],
    )
    neighbour = f"{result}.kept"
    with_flow.put_json(neighbour, {})

    erased = a2i("review", "erase", "order-1", "--yes", "--stack", with_flow.name)

    assert erased.exit_code == 0, erased.stderr
    for uri in (request, output["OutputS3Uri"]):
        assert with_flow.versions(uri) == 0
    assert with_flow.versions(result) == 1
    assert with_flow.versions(neighbour) == 1
    assert a2i("loop", "show", loop).exit_code == 1
    assert a2i("review", "show", "order-1", "--stack", with_flow.name).exit_code == 1
    for what in ("request", "result", "A2I output", "human loop", "ledger entry"):
        assert what in erased.stdout


def test_erasing_again_finds_nothing(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    with_flow.put_documents("order-1")
    with_flow.record("order-1", "NotNeeded")
    arguments = ("review", "erase", "order-1", "--yes", "--stack", with_flow.name)
    assert "ledger entry" in a2i(*arguments).stdout
    again = a2i(*arguments, "--flow", "sentiment")
    assert again.exit_code == 1
    assert "nothing of review 'order-1' of flow 'sentiment' was found" in again.stderr


def test_shows_what_reviewers_wrote_and_erases_it(
    a2i: A2ICommand, with_flow: DeployedStack
) -> None:
    with_flow.record("order-1", "Completed")
    prefix = human_loop_prefix(with_flow.loop_name("order-1", "sentiment"))
    kept = f"s3://{with_flow.outputs['InputBucket']}/{prefix}"
    with_flow.put_json(f"{kept}digest/input.json", {"text": "secret words"})
    for kind, worker in (("flags", "w1"), ("declines", "w2")):
        for text in ("first", f"{kind} of {worker}"):
            with_flow.put_json(f"{kept}digest/{kind}/{worker}.json", {"comment": text})
    arguments = ("review", "show", "order-1", "--stack", with_flow.name, "--json")
    assert "comments" not in json.loads(a2i(*arguments).stdout)
    comments = json.loads(a2i(*arguments, "--comments").stdout)["comments"]
    for comment in comments:
        assert comment.pop("at").endswith("Z")
    assert comments == [
        {"kind": "decline", "workerId": "w2", "comment": "declines of w2"},
        {"kind": "flag", "workerId": "w1", "comment": "flags of w1"},
    ]
    erased = a2i("review", "erase", "order-1", "--yes", "--stack", with_flow.name)
    assert erased.exit_code == 0, erased.stderr
    assert with_flow.versions(kept) == 0


def test_erases_what_s3_keeps_of_a_review_that_the_ledger_forgot(
    a2i: A2ICommand, with_flow: DeployedStack
) -> None:
    request, result = with_flow.put_documents("order-1")
    erased = a2i(
        "review", "erase", "order-1", "--flow", "sentiment", "--yes", "--stack", with_flow.name
    )
    assert erased.exit_code == 0, erased.stderr
    assert with_flow.versions(request) == with_flow.versions(result) == 0


def test_refuses_to_erase_while_the_human_loop_is_open(
    a2i: A2ICommand, with_flow: DeployedStack
) -> None:
    loop = with_flow.start_loop("order-1")
    request, _ = with_flow.put_documents("order-1")
    with_flow.record("order-1", "InProgress", requestUri=request)
    erased = a2i("review", "erase", "order-1", "--yes", "--stack", with_flow.name)
    assert erased.exit_code == 1
    assert f"run a2i loop stop {loop}" in erased.stderr
    assert with_flow.versions(request) == 2


def test_refuses_to_erase_before_the_end_is_told(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    with_flow.record("order-1", "Completed", openFlow="sentiment")
    erased = a2i("review", "erase", "order-1", "--yes", "--stack", with_flow.name)
    assert erased.exit_code == 1
    assert "is still open in the ledger (Completed)" in erased.stderr
    assert a2i("review", "show", "order-1", "--stack", with_flow.name).exit_code == 0


def test_erases_nothing_without_a_yes(a2i: A2ICommand, with_flow: DeployedStack) -> None:
    request, _ = with_flow.put_documents("order-1")
    with_flow.record("order-1", "Completed")
    for nobody_agrees in ("n\n", ""):
        erased = a2i("review", "erase", "order-1", "--stack", with_flow.name, stdin=nobody_agrees)
        assert erased.exit_code == 1
        assert "error: nothing was changed, for want of a yes: --yes skips the question" in (
            erased.stderr
        )
    assert with_flow.versions(request) == 2


def test_says_which_object_s3_would_not_give_up(offline: OfflineClients) -> None:
    refusal = {"Key": "k", "Code": "AccessDenied", "Message": "object is locked"}
    with Stubber(offline.s3) as s3:
        version = {"Key": "k", "VersionId": "v"}
        s3.add_response("list_object_versions", {"Versions": [version]})
        s3.add_response("delete_objects", {"Errors": [refusal]})
        with pytest.raises(CommandError, match="kept a version of s3://bucket/k: AccessDenied"):
            erase_objects(offline.s3, "s3://bucket/k")
