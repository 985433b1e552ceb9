"""`a2i flow` against flow definitions, loops, queues and a ledger on the local AWS."""

import json

from tests.tools.a2i_cli.small_stack import A2ICommand, DeployedStack, until


def test_lists_current_and_retired_definitions_with_pending_counts(
    a2i: A2ICommand, stack: DeployedStack
) -> None:
    stack.add_flow(digest="aaaaaaaaaa")
    stack.start_loop("order-1")
    stack.start_loop("order-2")
    stack.add_flow(digest="bbbbbbbbbb")
    done = stack.start_loop("order-3")
    stack.answer(done)
    listed = a2i("flow", "list", "--stack", stack.name, "--json")
    assert listed.exit_code == 0, listed.stderr
    rows = {row["flowDefinitionName"][-10:]: row for row in json.loads(listed.stdout)}
    assert {name: (row["current"], row["pending"]) for name, row in rows.items()} == {
        "aaaaaaaaaa": (False, 2),
        "bbbbbbbbbb": (True, 0),
    }
    table = a2i("flow", "list", "--stack", stack.name).stdout
    assert "retired" in table
    assert "current" in table


def test_discards_pending_loops_of_current_and_retired_definitions(
    a2i: A2ICommand, stack: DeployedStack
) -> None:
    stack.add_flow(digest="aaaaaaaaaa")
    loops = [stack.start_loop("order-1")]
    stack.add_flow(digest="bbbbbbbbbb")
    loops.append(stack.start_loop("order-2"))
    answered = stack.start_loop("order-3")
    stack.answer(answered)
    discarded = a2i("flow", "discard-pending", "--stack", stack.name, "--yes")
    assert discarded.exit_code == 0, discarded.stderr
    assert [stack.loop_status(loop) for loop in loops] == ["Stopped", "Stopped"]
    assert stack.loop_status(answered) == "Completed"
    assert "2 human loops stopped" in discarded.stderr


def test_discards_one_flow_only_when_asked(a2i: A2ICommand, stack: DeployedStack) -> None:
    stack.add_flow("sentiment")
    stack.add_flow("objects")
    kept = stack.start_loop("order-1", "sentiment")
    gone = stack.start_loop("order-1", "objects")
    discarded = a2i("flow", "discard-pending", "--flow", "objects", "--stack", stack.name, "--yes")
    assert discarded.exit_code == 0, discarded.stderr
    assert stack.loop_status(gone) == "Stopped"
    assert stack.loop_status(kept) == "InProgress"


def test_discards_nothing_without_a_yes(a2i: A2ICommand, stack: DeployedStack) -> None:
    stack.add_flow()
    loop = stack.start_loop("order-1")
    discarded = a2i("flow", "discard-pending", "--stack", stack.name, stdin="n\n")
    assert discarded.exit_code == 1
    assert "1  human loops of sentiment-" in discarded.stderr
    assert stack.loop_status(loop) == "InProgress"


def test_waits_for_a_worker_who_holds_a_task(a2i: A2ICommand, stack: DeployedStack) -> None:
    stack.add_flow()
    loop = stack.start_loop("order-1")
    stack.accept(loop)
    arguments = ("flow", "discard-pending", "--stack", stack.name, "--yes", "--timeout", "1")
    discarded = a2i(*arguments)
    assert discarded.exit_code == 1
    assert "1 human loops are not final after 1 s, because workers hold" in discarded.stderr
    stack.submit(loop)
    until(lambda: stack.loop_status(loop) in ("Completed", "Stopped"))
    assert a2i(*arguments).exit_code == 0


def test_waits_until_the_ledger_has_told_the_ends(a2i: A2ICommand, stack: DeployedStack) -> None:
    stack.add_flow()
    stack.start_loop("order-1")
    stack.record("order-1", "InProgress")
    discarded = a2i("flow", "discard-pending", "--stack", stack.name, "--yes", "--timeout", "3")
    assert discarded.exit_code == 1
    assert "the end of 1 reviews is not told after 3 s: see them" in discarded.stderr


def test_keeps_queued_requests_unless_asked(a2i: A2ICommand, stack: DeployedStack) -> None:
    stack.add_flow()
    for url in (stack.outputs["QueueUrl"], stack.outputs["DeadLetterQueueUrl"]):
        stack.clients.sqs.send_message(QueueUrl=url, MessageBody='{"reviewId": "order-1"}')
    kept = a2i("flow", "discard-pending", "--stack", stack.name, "--yes")
    assert "kept; --queued drops them" in kept.stderr
    assert _queued(stack) == 2
    dropped = a2i("flow", "discard-pending", "--stack", stack.name, "--yes", "--queued")
    assert "2 requests dropped" in dropped.stderr
    until(lambda: _queued(stack) == 0)


def _queued(stack: DeployedStack) -> int:
    return sum(
        int(
            stack.clients.sqs.get_queue_attributes(
                QueueUrl=stack.outputs[output], AttributeNames=["ApproximateNumberOfMessages"]
            )["Attributes"]["ApproximateNumberOfMessages"]
        )
        for output in ("QueueUrl", "DeadLetterQueueUrl")
    )
