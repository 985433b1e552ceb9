"""State that outlives the process, however that ends."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from a2i_local.service import ManualClock, ServiceError
from a2i_local.service.memory_host import MemoryHost
from a2i_local.service.sqlite_store import SqliteStore, StateUnusableError
from a2i_local.service.tables import Changes
from a2i_local.testing import LocalA2I

ROOT = Path(__file__).parents[4]
ACKNOWLEDGED_BEFORE_THE_KILL = 40

# Acknowledges on stdout what the service has acknowledged, until it is killed.
VICTIM = """
import sys
from pathlib import Path
from a2i_local.service.tables import Changes
from a2i_local.testing import LocalA2I

a2i = LocalA2I(state_dir=Path(sys.argv[1]))
flow = a2i.create_flow_definition("pair", "<crowd-form/>", task_count=2)
number = 0
while True:
    name = f"loop-{number}"
    a2i.start(name, flow, {"number": number})
    print("started", name, flush=True)
    a2i.submit(name, {"number": number}, worker="worker-1")
    print("answered", name, flush=True)
    number += 1
"""


def _kill_in_full_flight(state_dir: Path) -> list[tuple[str, str]]:
    """Return what the victim acknowledged before it was killed."""
    path = os.pathsep.join(str(ROOT / folder) for folder in ("tools", "constructs"))
    victim = subprocess.Popen(
        [sys.executable, "-c", VICTIM, str(state_dir)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert victim.stdout is not None
    lines = [victim.stdout.readline() for _ in range(ACKNOWLEDGED_BEFORE_THE_KILL)]
    victim.send_signal(signal.SIGKILL)
    lines += victim.stdout.readlines()
    victim.wait()
    words = [line.split() for line in lines if line.endswith("\n")]
    return [(word[0], word[1]) for word in words]


@pytest.mark.process
def test_kill_loses_no_acknowledged_start_or_answer(tmp_path: Path) -> None:
    acknowledged = _kill_in_full_flight(tmp_path)
    assert len(acknowledged) >= ACKNOWLEDGED_BEFORE_THE_KILL
    a2i = LocalA2I(state_dir=tmp_path)
    started = {name for verb, name in acknowledged if verb == "started"}
    answered = {name for verb, name in acknowledged if verb == "answered"}
    for name in started:
        assert a2i.status(name) == "InProgress"
    for name in answered:
        a2i.submit(name, {"second": True}, worker="worker-2")
        number = int(name.removeprefix("loop-"))
        output = a2i.output(name)
        assert output["inputContent"] == {"number": number}
        answers = [answer["answerContent"] for answer in output["humanAnswers"]]
        assert answers == [{"number": number}, {"second": True}]
    a2i.close()


class DownHost(MemoryHost):
    """A host that takes neither objects nor events."""

    def put_object(self, *_arguments: Any, **_keywords: Any) -> None:
        raise ConnectionError

    def publish(self, *_arguments: Any, **_keywords: Any) -> None:
        raise ConnectionError


def _reopened(state_dir: Path, later: timedelta = timedelta(0)) -> LocalA2I:
    clock = ManualClock()
    clock.advance(timedelta(seconds=10) + later)
    a2i = LocalA2I(clock=clock, state_dir=state_dir)
    a2i.service.tick()
    return a2i


def test_a_restart_finishes_what_was_under_way(tmp_path: Path) -> None:
    before = LocalA2I(clock=ManualClock(), state_dir=tmp_path, host=DownHost())
    flow = before.create_flow_definition("review", "<crowd-form/>")
    before.start("answered", flow, {})
    before.submit("answered", {"label": "yes"})
    before.start("stopped", flow, {})
    before.call("StopHumanLoop", HumanLoopName="stopped")
    before.close()
    after = _reopened(tmp_path)
    assert after.status("answered") == "Completed"
    assert after.output("answered")["humanAnswers"][0]["answerContent"] == {"label": "yes"}
    assert after.status("stopped") == "Stopped"
    ended = {event["detail"]["humanLoopName"] for event in after.events}
    assert ended == {"answered", "stopped"}
    after.close()


def test_transitions_go_on_after_a_restart(tmp_path: Path) -> None:
    before = LocalA2I(clock=ManualClock(), state_dir=tmp_path)
    flow = before.create_flow_definition("short", "<crowd-form/>", TaskTimeLimitInSeconds=30)
    other = before.create_flow_definition(
        "shorter", "<crowd-form/>", TaskAvailabilityLifetimeInSeconds=60
    )
    before.start("held", flow, {})
    before.start("expiring", other, {})
    tasks = before.service.worker_tasks
    (held, _) = tasks.list("worker-1")
    tasks.accept(held.id, "worker-1")
    before.call("DeleteHumanTaskUi", HumanTaskUiName="short")
    before.call("UpdateWorkforce", WorkforceName="default", IpAddressType="dualstack")
    before.close()

    after = _reopened(tmp_path)
    after.advance(timedelta(seconds=1))
    assert (
        after.call("DescribeWorkforce", WorkforceName="default")["Workforce"]["Status"] == "Active"
    )
    with pytest.raises(ServiceError, match="does not exist"):
        after.call("DescribeHumanTaskUi", HumanTaskUiName="short")
    assert after.service.worker_tasks.list("worker-1")[0].state == "accepted"
    after.advance(timedelta(seconds=60))
    assert after.service.worker_tasks.list("worker-1")[0].state == "available"
    expired = after.call("DescribeHumanLoop", HumanLoopName="expiring")
    assert expired["FailureCode"] == "Expired"
    after.call("DeleteFlowDefinition", FlowDefinitionName="short")
    after.close()

    last = _reopened(tmp_path, later=timedelta(hours=1))
    last.advance(timedelta(seconds=1))
    names = last.call("ListFlowDefinitions")["FlowDefinitionSummaries"]
    assert [flow["FlowDefinitionName"] for flow in names] == ["shorter"]
    last.close()


def test_everything_comes_back_as_it_was(tmp_path: Path) -> None:
    before = LocalA2I(clock=ManualClock(), state_dir=tmp_path)
    flow = before.create_flow_definition("review", "<crowd-form/>", TaskKeywords=["a"])
    before.start("loop", flow, {"text": "ä"})
    before.submit("loop", {"label": "yes"})
    before.call("AddTags", ResourceArn=flow, Tags=[{"Key": "k", "Value": "v"}])
    requests: list[tuple[str, dict[str, Any]]] = [
        ("DescribeWorkforce", {"WorkforceName": "default"}),
        ("DescribeWorkteam", {"WorkteamName": "reviewers"}),
        ("DescribeHumanTaskUi", {"HumanTaskUiName": "review"}),
        ("DescribeFlowDefinition", {"FlowDefinitionName": "review"}),
        ("DescribeHumanLoop", {"HumanLoopName": "loop"}),
        ("ListHumanLoops", {"FlowDefinitionArn": flow}),
        ("ListTags", {"ResourceArn": flow}),
    ]
    told = [before.call(operation, **parameters) for operation, parameters in requests]
    before.close()
    after = _reopened(tmp_path)
    assert [after.call(operation, **parameters) for operation, parameters in requests] == told
    after.close()


def test_fails_on_a_state_that_is_in_use(tmp_path: Path) -> None:
    first = SqliteStore(tmp_path)
    with pytest.raises(StateUnusableError, match="end the process that uses it"):
        SqliteStore(tmp_path)
    first.close()
    SqliteStore(tmp_path).close()


def test_fails_on_a_state_of_another_format(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    store._connection.execute("PRAGMA user_version = 99")
    store.close()
    with pytest.raises(StateUnusableError, match="format 99"):
        SqliteStore(tmp_path)


def test_every_commit_is_synchronous(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    connection = store._connection
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    store.close()


def test_a_large_input_is_written_once(tmp_path: Path) -> None:
    a2i = LocalA2I(clock=ManualClock(), state_dir=tmp_path)
    flow = a2i.create_flow_definition("pair", "<crowd-form/>", task_count=2)
    a2i.start("loop", flow, {"text": "x" * 1_000_000})
    log = tmp_path / "a2i.sqlite3-wal"
    before = log.stat().st_size
    a2i.submit("loop", {"label": "yes"})
    assert log.stat().st_size - before < 100_000
    a2i.submit("loop", {"label": "no"}, worker="worker-2")
    assert len(json.dumps(a2i.output("loop"))) > 1_000_000
    a2i.close()


def test_what_could_not_be_kept_is_not_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a2i = LocalA2I(clock=ManualClock(), state_dir=tmp_path)
    flow = a2i.create_flow_definition("review", "<crowd-form/>")

    def full_disk(_store: SqliteStore, _changes: Changes) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as disk:
        disk.setattr(SqliteStore, "commit", full_disk)
        with pytest.raises(sqlite3.OperationalError):
            a2i.start("loop", flow, {})
    a2i.start("loop", flow, {})
    a2i.close()
    after = _reopened(tmp_path)
    assert after.status("loop") == "InProgress"
    after.close()


def test_a_stop_ends_although_the_restart_was_quicker(tmp_path: Path) -> None:
    clock = ManualClock()
    before = LocalA2I(clock=clock, state_dir=tmp_path)
    flow = before.create_flow_definition("review", "<crowd-form/>")
    before.start("loop", flow, {})
    before.call("StopHumanLoop", HumanLoopName="loop")
    before.close()
    after = LocalA2I(clock=clock, state_dir=tmp_path)
    assert after.status("loop") == "Stopping"
    after.advance(timedelta(seconds=1))
    assert after.status("loop") == "Stopped"
    after.close()
