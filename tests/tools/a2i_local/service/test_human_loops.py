"""Human loops: the runtime API and the ways a loop can end."""

import json
import threading
from datetime import timedelta
from queue import Queue
from typing import Any

import pytest

from a2i_core.human_loops.errors import (
    ConflictException,
    ResourceNotFoundException,
    ServiceQuotaExceededException,
    ValidationException,
)
from a2i_local.service import FaultSettings
from a2i_local.testing import LocalA2I
from worker_template import TaskTemplate

SHORTLY = timedelta(seconds=1)


def _accept(a2i: LocalA2I, worker: str) -> str:
    tasks = a2i.service.worker_tasks
    task_id = tasks.list(worker)[0].id
    tasks.accept(task_id, worker)
    return task_id


def _start(a2i: LocalA2I, name: str, flow: str, content: str) -> dict[str, object]:
    return a2i.call(
        "StartHumanLoop",
        HumanLoopName=name,
        FlowDefinitionArn=flow,
        HumanLoopInput={"InputContent": content},
    )


def test_output_location_is_told_before_there_is_any_output(still: LocalA2I, flow: str) -> None:
    still.start("loop", flow, {"text": "a"})
    described = still.call("DescribeHumanLoop", HumanLoopName="loop")
    assert described["HumanLoopStatus"] == "InProgress"
    assert described["HumanLoopOutput"]["OutputS3Uri"] == (
        f"s3://{still.bucket}/answers/review/2030/01/01/00/00/02/loop/output.json"
    )
    assert not still.host.buckets[still.bucket]


def test_same_name_and_same_request_is_the_same_loop(still: LocalA2I, flow: str) -> None:
    first = _start(still, "loop", flow, '{"text": "a"}')
    assert _start(still, "loop", flow, '{"text": "a"}') == first
    still.submit("loop", {"label": "yes"})
    assert _start(still, "loop", flow, '{"text": "a"}') == first
    assert still.status("loop") == "Completed"


def test_fails_to_start_with_a_taken_name_and_other_input(
    still: LocalA2I, flow: str, pair_flow: str
) -> None:
    _start(still, "loop", flow, '{"text": "a"}')
    with pytest.raises(ConflictException):
        _start(still, "loop", flow, '{"text": "b"}')
    with pytest.raises(ConflictException):
        _start(still, "loop", pair_flow, '{"text": "a"}')


@pytest.mark.parametrize(
    "content",
    ["", "text", "[1]", '"text"', "null", '{"a": NaN}', '{"a": "\\ud800"}', "[" * 100_000],
)
def test_fails_to_start_with_input_that_is_no_json_object(
    still: LocalA2I, flow: str, content: str
) -> None:
    with pytest.raises(ValidationException, match="InputContent"):
        _start(still, "loop", flow, content)


def test_fails_to_start_with_a_flow_definition_that_is_not_active(
    still: LocalA2I, flow: str
) -> None:
    still.call("DeleteFlowDefinition", FlowDefinitionName="review")
    with pytest.raises(ValidationException, match="Deleting"):
        _start(still, "loop", flow, "{}")
    still.advance(SHORTLY)
    with pytest.raises(ValidationException, match="does not exist"):
        _start(still, "loop", flow, "{}")


def test_loops_outlive_their_template_but_no_new_ones_start(still: LocalA2I, flow: str) -> None:
    still.start("before", flow, {"text": "a"})
    still.call("DeleteHumanTaskUi", HumanTaskUiName="review")
    with pytest.raises(ValidationException, match="was deleted"):
        _start(still, "after", flow, '{"text": "a"}')
    still.advance(SHORTLY)
    task_id = still.service.worker_tasks.list("worker-1")[0].id
    assert "<p>a</p>" in still.service.worker_tasks.show(task_id, "worker-1").html
    still.submit("before", {"label": "yes"})
    assert still.status("before") == "Completed"


def test_fails_to_start_beyond_the_quota_until_a_loop_ends(still: LocalA2I, flow: str) -> None:
    still.inject(FaultSettings(open_human_loops_quota=1))
    still.start("first", flow, {"text": "a"})
    with pytest.raises(ServiceQuotaExceededException):
        _start(still, "second", flow, '{"text": "a"}')
    still.submit("first", {"label": "yes"})
    _start(still, "second", flow, '{"text": "a"}')


def test_rendering_failure_comes_after_the_start_with_a2is_message(still: LocalA2I) -> None:
    flow = still.create_flow_definition(
        "image", '<crowd-form><img src="{{ task.input.uri | grant_read_access }}"></crowd-form>'
    )
    _start(still, "loop", flow, '{"uri": " "}')
    assert still.status("loop") == "InProgress"
    still.advance(SHORTLY)
    described = still.call("DescribeHumanLoop", HumanLoopName="loop")
    assert described["HumanLoopStatus"] == "Failed"
    assert described["FailureCode"] == "ValidationError"
    assert described["FailureReason"] == (
        "Task failed to render: [ InvalidParameters: "
        '\'"grant_read_access" input is not a valid S3 URI: " ".\' ]'
    )
    assert still.service.worker_tasks.list("worker-1") == []


def test_a_template_that_does_not_parse_fails_with_a2is_code(still: LocalA2I) -> None:
    template = (
        '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
        '<crowd-form><crowd-input name="n"></crowd-input>'
        "<script>/* write {{ ... | to_json }} here */</script></crowd-form>"
    )
    _start(still, "loop", still.create_flow_definition("comment", template), "{}")
    still.advance(SHORTLY)
    described = still.call("DescribeHumanLoop", HumanLoopName="loop")
    assert described["HumanLoopStatus"] == "Failed"
    assert described["FailureReason"].startswith("Task failed to render: [ InvalidTemplateSyntax: ")


def test_variables_that_the_input_lacks_do_not_fail_a_loop(still: LocalA2I) -> None:
    template = (
        "<crowd-form><p>Confidence {{ task.input.overall | round: 2 }}</p>"
        '<select name="kind" disabled>{% for k in task.input.kinds %}<option>{{ k.label }}</option>'
        "{% endfor %}</select>{{ task.input.nothing }}"
        '{% for f in task.input.fields %}<crowd-input name="{{ f.key }}"></crowd-input>{% endfor %}'
        "</crowd-form>"
    )
    flow = still.create_flow_definition("blank", template)
    still.start("loop", flow, {"fields": [{"key": "total"}]})
    still.advance(SHORTLY)
    assert still.status("loop") == "InProgress"
    tasks = still.service.worker_tasks
    html = tasks.show(tasks.list("worker-1")[0].id, "worker-1").html
    assert "<p>Confidence 0</p>" in html
    assert '<select name="kind" disabled></select>' in html
    assert 'name="total"' in html


def test_loop_names_may_have_upper_case_and_stay_as_written(still: LocalA2I, flow: str) -> None:
    name = "Fraud-review-1613589638354"
    still.start(name, flow, {"text": "x"})
    still.submit(name, {"label": "yes"})
    assert still.call("DescribeHumanLoop", HumanLoopName=name)["HumanLoopName"] == name
    listed = still.call("ListHumanLoops", FlowDefinitionArn=flow)["HumanLoopSummaries"]
    assert [loop["HumanLoopName"] for loop in listed] == [name]
    ((key, stored),) = still.host.buckets[still.bucket].items()
    assert key.endswith(f"/{name}/output.json")
    assert json.loads(stored.body)["humanLoopName"] == name


@pytest.mark.parametrize("name", ["under_score", "dot.ted", "-a", "a-", "A" * 64])
def test_other_loop_names_stay_refused(still: LocalA2I, flow: str, name: str) -> None:
    with pytest.raises(ValidationException, match="humanLoopName"):
        _start(still, name, flow, "{}")


@pytest.mark.parametrize(
    "template",
    [
        "{% for i in (1..task.input.n) %}x{% endfor %}",
        "{% for i in (1..100000) %}{% endfor %}" * 500,
        "{{ task.input.list | sum }}",
        "{{ 'AAA' | base64_decode }}",
    ],
    ids=["loop", "time", "sum", "base64"],
)
def test_a_rendering_beyond_its_limits_or_with_a_failing_filter_fails_the_loop(
    still: LocalA2I, template: str
) -> None:
    flow = still.create_flow_definition("heavy", f"<crowd-form>{template}</crowd-form>")
    _start(still, "loop", flow, '{"n": 1000000000, "list": ["x"]}')
    still.advance(SHORTLY)
    described = still.call("DescribeHumanLoop", HumanLoopName="loop")
    assert described["HumanLoopStatus"] == "Failed"
    assert described["FailureReason"].startswith("Task failed to render: [ TemplateRenderError: ")


def test_the_service_answers_while_a_task_renders(
    still: LocalA2I, flow: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _start(still, "loop", flow, '{"text": "a"}')
    rendering, go_on = threading.Event(), threading.Event()
    render = TaskTemplate.render

    def slow(*args: Any, **options: Any) -> str:
        rendering.set()
        assert go_on.wait(30)
        return render(*args, **options)

    monkeypatch.setattr(TaskTemplate, "render", slow)
    ticker = threading.Thread(target=still.advance, args=(SHORTLY,))
    ticker.start()
    try:
        assert rendering.wait(30)
        answered = Queue[str]()
        threading.Thread(target=lambda: answered.put(still.status("loop")), daemon=True).start()
        assert answered.get(timeout=30) == "InProgress"
    finally:
        go_on.set()
        ticker.join()
    assert len(still.service.worker_tasks.list("worker-1")) == 1


def test_expires_when_nobody_answers_in_time(still: LocalA2I) -> None:
    flow = still.create_flow_definition(
        "short", "<crowd-form/>", TaskAvailabilityLifetimeInSeconds=60
    )
    still.start("loop", flow, {})
    still.advance(timedelta(seconds=58.999))
    assert still.status("loop") == "InProgress"
    still.advance(timedelta(milliseconds=1))
    described = still.call("DescribeHumanLoop", HumanLoopName="loop")
    assert (described["HumanLoopStatus"], described["FailureCode"]) == ("Failed", "Expired")


def test_expiry_ends_the_task_in_a_workers_hands(still: LocalA2I) -> None:
    flow = still.create_flow_definition(
        "short", "<crowd-form/>", TaskAvailabilityLifetimeInSeconds=60
    )
    still.start("loop", flow, {})
    task_id = _accept(still, "worker-1")
    accepted = still.service.worker_tasks.list("worker-1")[0]
    assert accepted.accepted_until == accepted.created_at + timedelta(seconds=60)
    still.advance(timedelta(seconds=60))
    assert still.status("loop") == "Failed"
    assert still.service.worker_tasks.list("worker-1") == []
    assert task_id not in {task.id for task in still.service.worker_tasks.list("worker-2")}


def test_stop_is_stopping_first_then_stopped(still: LocalA2I, flow: str) -> None:
    still.start("loop", flow, {"text": "a"})
    still.call("StopHumanLoop", HumanLoopName="loop")
    assert still.status("loop") == "Stopping"
    assert still.service.worker_tasks.list("worker-1") == []
    still.advance(SHORTLY)
    assert still.status("loop") == "Stopped"
    assert not still.host.buckets[still.bucket]


def test_stop_waits_for_the_worker_and_keeps_the_answer(still: LocalA2I, flow: str) -> None:
    still.start("loop", flow, {"text": "a"})
    task_id = _accept(still, "worker-1")
    still.call("StopHumanLoop", HumanLoopName="loop")
    still.advance(timedelta(minutes=10))
    assert still.status("loop") == "Stopping"
    still.service.worker_tasks.submit(task_id, "worker-1", {"label": "yes"})
    assert still.status("loop") == "Stopped"
    assert still.output("loop")["humanAnswers"][0]["answerContent"] == {"label": "yes"}
    (event,) = still.events
    assert event["detail"]["humanLoopOutput"] is not None


def test_stop_keeps_the_answer_even_if_others_are_missing(still: LocalA2I, pair_flow: str) -> None:
    still.start("loop", pair_flow, {"text": "a"})
    task_id = _accept(still, "worker-1")
    still.call("StopHumanLoop", HumanLoopName="loop")
    still.service.worker_tasks.submit(task_id, "worker-1", {"label": "yes"})
    still.advance(SHORTLY)
    assert still.status("loop") == "Stopped"
    assert len(still.output("loop")["humanAnswers"]) == 1


def test_task_left_while_stopping_does_not_come_back(still: LocalA2I, flow: str) -> None:
    still.start("loop", flow, {"text": "a"})
    task_id = _accept(still, "worker-1")
    still.call("StopHumanLoop", HumanLoopName="loop")
    still.advance(SHORTLY)
    still.service.worker_tasks.release(task_id, "worker-1")
    assert still.status("loop") == "Stopped"
    assert still.service.worker_tasks.list("worker-1") == []


def test_fails_to_stop_what_has_ended_or_is_stopping(still: LocalA2I, flow: str) -> None:
    still.start("loop", flow, {"text": "a"})
    still.call("StopHumanLoop", HumanLoopName="loop")
    for _ in range(2):
        with pytest.raises(ValidationException, match="can be stopped when it is InProgress"):
            still.call("StopHumanLoop", HumanLoopName="loop")
        still.advance(SHORTLY)


def test_only_ended_loops_are_deleted_and_answers_stay(still: LocalA2I, flow: str) -> None:
    still.start("loop", flow, {"text": "a"})
    with pytest.raises(ValidationException, match="InProgress"):
        still.call("DeleteHumanLoop", HumanLoopName="loop")
    still.submit("loop", {"label": "yes"})
    still.call("DeleteHumanLoop", HumanLoopName="loop")
    with pytest.raises(ResourceNotFoundException):
        still.call("DescribeHumanLoop", HumanLoopName="loop")
    assert len(still.host.buckets[still.bucket]) == 1
    _start(still, "loop", flow, '{"text": "other"}')


def test_fails_when_the_role_may_not_write_the_output(still: LocalA2I, flow: str) -> None:
    still.start("loop", flow, {"text": "a"})
    still.host.denied_buckets.add(still.bucket)
    still.submit("loop", {"label": "yes"})
    described = still.call("DescribeHumanLoop", HumanLoopName="loop")
    assert (described["HumanLoopStatus"], described["FailureCode"]) == (
        "Failed",
        "ValidationError",
    )
    assert "AccessDenied" in described["FailureReason"]
    (event,) = still.events
    assert event["detail"]["humanLoopOutput"] is None


def test_names_are_unique_per_account_and_region_only(still: LocalA2I, flow: str) -> None:
    still.start("loop", flow, {"text": "a"})
    for account, region in (("210987654321", "us-east-1"), (still.account, "eu-west-1")):
        with pytest.raises(ResourceNotFoundException):
            still.service.call(
                "DescribeHumanLoop", {"HumanLoopName": "loop"}, account=account, region=region
            )


def test_lists_loops_of_one_flow_definition_by_creation(
    still: LocalA2I, flow: str, pair_flow: str
) -> None:
    for name in ("c", "a", "b"):
        still.start(name, flow, {"text": name})
    still.start("other", pair_flow, {"text": "x"})
    listed = still.call("ListHumanLoops", FlowDefinitionArn=flow)["HumanLoopSummaries"]
    assert [loop["HumanLoopName"] for loop in listed] == ["c", "a", "b"]
    assert json.loads(json.dumps(listed[0], default=str)).keys() == {
        "HumanLoopName",
        "HumanLoopStatus",
        "CreationTime",
        "FlowDefinitionArn",
    }
