"""Tasks in the hands of workers: slots, time limits, membership."""

from datetime import timedelta

import pytest

from a2i_core.human_loops.errors import (
    InvalidAnswer,
    NotATeamMember,
    ObjectAccessDenied,
    ObjectNotFound,
    SlotTaken,
    TaskNotFound,
    TaskTimeLimitExceeded,
)
from a2i_local.service import ManualClock, Member, StoredObject
from a2i_local.service.worker_tasks import WorkerTasks
from a2i_local.testing import LocalA2I
from a2i_local.testing.local_a2i import GROUP, USER_POOL

IMAGE = '<crowd-form><img src="{{ task.input.image | grant_read_access }}"></crowd-form>'


@pytest.fixture
def tasks(still: LocalA2I) -> WorkerTasks:
    return still.service.worker_tasks


def _only_task(tasks: WorkerTasks, worker: str = "worker-1") -> str:
    (task,) = tasks.list(worker)
    return task.id


def test_shows_what_the_flow_definition_says(still: LocalA2I, tasks: WorkerTasks) -> None:
    flow = still.create_flow_definition(
        "review", "<crowd-form/>", TaskTimeLimitInSeconds=90, TaskKeywords=["text", "short"]
    )
    still.start("loop", flow, {})
    (task,) = tasks.list("worker-1@example.com")
    assert (task.human_loop_name, task.flow_definition_arn) == ("loop", flow)
    assert (task.title, task.description) == ("review", "Answer review")
    assert (task.time_limit_seconds, list(task.keywords)) == (90, ["text", "short"])
    assert (task.state, task.accepted_until) == ("available", None)


def test_a_task_appears_only_when_it_is_rendered(
    still: LocalA2I, tasks: WorkerTasks, flow: str
) -> None:
    still.call(
        "StartHumanLoop",
        HumanLoopName="loop",
        FlowDefinitionArn=flow,
        HumanLoopInput={"InputContent": '{"text": "a"}'},
    )
    assert tasks.list("worker-1") == []
    still.advance(still.service.settings.task_rendering)
    assert len(tasks.list("worker-1")) == 1


def test_own_tasks_come_first_then_the_oldest(
    still: LocalA2I, tasks: WorkerTasks, flow: str
) -> None:
    for name in ("first", "second", "third"):
        still.start(name, flow, {"text": name})
    tasks.accept(tasks.list("worker-1")[2].id, "worker-1")
    listed = tasks.list("worker-1")
    assert [task.human_loop_name for task in listed] == ["third", "first", "second"]
    assert [task.state for task in listed] == ["accepted", "available", "available"]


def test_one_slot_goes_to_one_worker(still: LocalA2I, tasks: WorkerTasks, flow: str) -> None:
    still.start("loop", flow, {"text": "a"})
    task_id = _only_task(tasks)
    tasks.accept(task_id, "worker-1")
    assert tasks.list("worker-2") == []
    for refused in (tasks.accept, tasks.show):
        with pytest.raises(SlotTaken):
            refused(task_id, "worker-2")


def test_accepting_again_does_not_extend_the_time(
    still: LocalA2I, tasks: WorkerTasks, flow: str
) -> None:
    still.start("loop", flow, {"text": "a"})
    first = tasks.accept(_only_task(tasks), "worker-1")
    still.advance(timedelta(minutes=30))
    assert tasks.accept(first.id, "worker-1").accepted_until == first.accepted_until


def test_each_slot_needs_another_worker(
    still: LocalA2I, tasks: WorkerTasks, pair_flow: str
) -> None:
    still.start("loop", pair_flow, {"text": "a"})
    task_id = _only_task(tasks)
    tasks.submit(task_id, "worker-1", {"label": "yes"})
    assert tasks.list("worker-1") == []
    with pytest.raises(SlotTaken, match="answered this task already"):
        tasks.submit(task_id, "worker-1", {"label": "no"})
    assert still.status("loop") == "InProgress"
    assert not still.host.buckets[still.bucket]
    tasks.submit(task_id, "worker-2", {"label": "no"})
    assert still.status("loop") == "Completed"
    answers = [a["answerContent"]["label"] for a in still.output("loop")["humanAnswers"]]
    assert answers == ["yes", "no"]


def test_a_released_task_returns_to_the_pool(
    still: LocalA2I, tasks: WorkerTasks, flow: str
) -> None:
    still.start("loop", flow, {"text": "a"})
    task_id = _only_task(tasks)
    tasks.accept(task_id, "worker-1")
    assert tasks.release(task_id, "worker-1").state == "available"
    assert _only_task(tasks, "worker-2") == task_id
    tasks.release(task_id, "worker-1")


def test_the_time_limit_returns_a_task_to_the_pool(
    still: LocalA2I, tasks: WorkerTasks, flow: str
) -> None:
    still.start("loop", flow, {"text": "a"})
    task_id = _only_task(tasks)
    tasks.accept(task_id, "worker-1")
    still.advance(timedelta(seconds=3600))
    assert _only_task(tasks, "worker-2") == task_id
    with pytest.raises(TaskTimeLimitExceeded):
        tasks.submit(task_id, "worker-1", {"label": "late"})
    tasks.accept(task_id, "worker-1")
    tasks.submit(task_id, "worker-1", {"label": "yes"})
    assert still.output("loop")["humanAnswers"][0]["timeSpentInSeconds"] == 0.0


def test_others_than_members_are_refused(still: LocalA2I, tasks: WorkerTasks, flow: str) -> None:
    still.start("loop", flow, {"text": "a"})
    task_id = _only_task(tasks)
    for refused in (tasks.show, tasks.accept, tasks.release):
        with pytest.raises(NotATeamMember):
            refused(task_id, "stranger")
    with pytest.raises(NotATeamMember):
        tasks.list("stranger")
    with pytest.raises(NotATeamMember):
        tasks.submit(task_id, "stranger", {})


def test_a_new_member_of_the_group_is_a_worker_at_once(
    still: LocalA2I, tasks: WorkerTasks, flow: str
) -> None:
    still.start("loop", flow, {"text": "a"})
    still.host.groups[USER_POOL, GROUP].append(Member("new-sub", "new", None))
    assert len(tasks.list("new")) == 1


def test_ended_and_unknown_tasks_are_not_found(
    still: LocalA2I, tasks: WorkerTasks, flow: str
) -> None:
    still.start("loop", flow, {"text": "a"})
    task_id = _only_task(tasks)
    tasks.submit(task_id, "worker-1", {"label": "yes"})
    for gone in (task_id, "unknown"):
        with pytest.raises(TaskNotFound):
            tasks.show(gone, "worker-1")


@pytest.mark.parametrize("answer", [["a"], {"a": float("nan")}, {"a": object()}, {"a": "\ud800"}])
def test_fails_to_submit_what_json_cannot_hold(
    still: LocalA2I, tasks: WorkerTasks, flow: str, answer: dict[str, object]
) -> None:
    still.start("loop", flow, {"text": "a"})
    with pytest.raises(InvalidAnswer):
        tasks.submit(_only_task(tasks), "worker-1", answer)


def _image_link(still: LocalA2I, tasks: WorkerTasks) -> str:
    flow = still.create_flow_definition("image", IMAGE)
    still.start("loop", flow, {"image": f"s3://{still.bucket}/cat.png"})
    html = tasks.show(_only_task(tasks), "worker-1").html
    return html.split('src="')[1].split('"')[0]


def test_granted_objects_open_through_their_link(still: LocalA2I, tasks: WorkerTasks) -> None:
    still.host.buckets[still.bucket]["cat.png"] = StoredObject(b"cat", "image/png")
    link = _image_link(still, tasks)
    prefix, token = link.rsplit("/", 1)
    assert prefix == "/_a2i/s3"
    assert tasks.open_object(token) == StoredObject(b"cat", "image/png")


def test_links_end_and_cannot_be_forged(still: LocalA2I, tasks: WorkerTasks) -> None:
    token = _image_link(still, tasks).rsplit("/", 1)[1]
    payload, _, signature = token.rpartition(".")
    for forged in (f"{payload}x.{signature}", payload, "", "a.b", f"é.{signature}"):
        with pytest.raises(ObjectAccessDenied):
            tasks.open_object(forged)
    still.advance(timedelta(hours=1))
    with pytest.raises(ObjectAccessDenied, match="ended"):
        tasks.open_object(token)


def test_an_object_the_role_may_not_read_is_denied(still: LocalA2I, tasks: WorkerTasks) -> None:
    token = _image_link(still, tasks).rsplit("/", 1)[1]
    with pytest.raises(ObjectNotFound):
        tasks.open_object(token)
    still.host.denied_buckets.add(still.bucket)
    with pytest.raises(ObjectAccessDenied, match="AccessDenied"):
        tasks.open_object(token)


def test_an_object_in_a_bucket_the_role_cannot_locate_is_denied(
    still: LocalA2I, tasks: WorkerTasks
) -> None:
    still.host.buckets[still.bucket]["cat.png"] = StoredObject(b"cat", "image/png")
    token = _image_link(still, tasks).rsplit("/", 1)[1]
    still.host.denied_actions.add("s3:GetBucketLocation")
    with pytest.raises(ObjectAccessDenied, match="s3:GetBucketLocation"):
        tasks.open_object(token)


def test_the_answers_of_a_day_are_counted_until_midnight_utc() -> None:
    a2i = LocalA2I(clock=ManualClock())
    flow = a2i.create_flow_definition("review", "<crowd-form/>", task_count=2)
    tasks = a2i.service.worker_tasks
    for name in ("first", "second", "third"):
        a2i.start(name, flow, {})
        a2i.submit(name, {}, worker="worker-1")
    a2i.submit("first", {}, worker="worker-2")
    a2i.call("DeleteHumanLoop", HumanLoopName="first")
    assert [tasks.answered_today(f"worker-{number}") for number in (1, 2, 3)] == [2, 0, 0]
    a2i.advance(timedelta(days=1))
    assert tasks.answered_today("worker-1") == 0
