"""The admin endpoint: faults, clock, state, and the text behind a template's Url."""

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from a2i_local import protocol
from a2i_local.testing import LocalA2I

FLOW_ARN = "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/review"
DEFAULTS: dict[str, Any] = {
    "throttling": {},
    "callsPerSecond": {},
    "serverErrors": {},
    "latencySeconds": {},
    "failedFlowDefinitions": {},
    "slowFlowDefinitions": {},
    "openHumanLoopsQuota": None,
    "lostEvents": 0,
    "duplicatedEvents": 0,
    "tableThrottling": 0,
    "indexLagSeconds": 0,
    "seed": None,
}


def _request(a2i: LocalA2I, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    content = b"" if body is None else json.dumps(body).encode()
    status, headers, answer = protocol.handle(
        a2i.service, method, path, {}, content, {}, account=a2i.account, region=a2i.region
    )
    is_json = headers["Content-Type"] == "application/json"
    return status, json.loads(answer) if is_json else answer.decode()


def _throttled_calls(a2i: LocalA2I, calls: int) -> int:
    throttled = 0
    for _ in range(calls):
        try:
            a2i.runtime.list_human_loops(FlowDefinitionArn=FLOW_ARN)
        except a2i.runtime.exceptions.ThrottlingException:
            throttled += 1
    return throttled


def test_faults_are_shown_replaced_and_ended(served: LocalA2I) -> None:
    assert _request(served, "GET", "/_a2i/admin/faults") == (200, DEFAULTS)
    changed = {"throttling": {"StartHumanLoop": 0.5}, "seed": 1}
    assert _request(served, "PUT", "/_a2i/admin/faults", changed) == (200, DEFAULTS | changed)
    assert _request(served, "DELETE", "/_a2i/admin/faults") == (200, DEFAULTS)


@pytest.mark.parametrize(
    "settings", [{"lostEvents": 2}, {"throttling": {"*": -1}}, {"unknown": 1}, [], None]
)
def test_fails_on_fault_settings_that_cannot_be(served: LocalA2I, settings: Any) -> None:
    status, answer = _request(served, "PUT", "/_a2i/admin/faults", settings)
    assert status == 400
    assert answer["message"]
    assert _request(served, "GET", "/_a2i/admin/faults") == (200, DEFAULTS)


def test_a_share_of_the_calls_is_throttled(served: LocalA2I) -> None:
    settings = {"throttling": {"ListHumanLoops": 0.5}, "seed": 7}
    _request(served, "PUT", "/_a2i/admin/faults", settings)
    first = _throttled_calls(served, 20)
    assert 0 < first < 20
    _request(served, "PUT", "/_a2i/admin/faults", settings)
    assert _throttled_calls(served, 20) == first


def test_calls_beyond_a_rate_are_throttled_until_time_has_passed(served: LocalA2I) -> None:
    _request(served, "PUT", "/_a2i/admin/faults", {"callsPerSecond": {"ListHumanLoops": 2}})
    assert _throttled_calls(served, 5) == 3
    _request(served, "POST", "/_a2i/admin/clock", {"advanceSeconds": 0.5})
    assert _throttled_calls(served, 5) == 4


def test_server_errors_leave_nothing_behind(served: LocalA2I) -> None:
    _request(served, "PUT", "/_a2i/admin/faults", {"serverErrors": {"StartHumanLoop": 1}})
    with pytest.raises(ClientError):
        served.runtime.start_human_loop(
            HumanLoopName="loop",
            FlowDefinitionArn=FLOW_ARN,
            HumanLoopInput={"InputContent": '{"text": "a"}'},
        )
    with pytest.raises(served.runtime.exceptions.ResourceNotFoundException):
        served.runtime.describe_human_loop(HumanLoopName="loop")


def test_latency_delays_the_named_operation_only(served: LocalA2I) -> None:
    _request(served, "PUT", "/_a2i/admin/faults", {"latencySeconds": {"ListHumanLoops": 0.3}})
    served.runtime.list_human_loops  # noqa: B018 - makes the client before the clock runs
    began = time.monotonic()
    served.runtime.list_human_loops(FlowDefinitionArn=FLOW_ARN)
    assert time.monotonic() - began >= 0.3


def test_the_clock_moves_forward_only(served: LocalA2I) -> None:
    _, before = _request(served, "GET", "/_a2i/admin/clock")
    assert before == {"now": "2030-01-01T00:00:02.000Z"}
    status, after = _request(served, "POST", "/_a2i/admin/clock", {"advanceSeconds": 3600})
    assert (status, after) == (200, {"now": "2030-01-01T01:00:02.000Z"})
    for wrong in ({"advanceSeconds": -1}, {"advanceSeconds": 1e12}, {}, {"seconds": 1}):
        assert _request(served, "POST", "/_a2i/admin/clock", wrong)[0] == 400


def test_state_counts_what_there_is(served: LocalA2I) -> None:
    served.start("loop", FLOW_ARN, {"text": "a"})
    assert _request(served, "GET", "/_a2i/admin/state") == (
        200,
        {
            "workforces": 1,
            "workteams": 1,
            "humanTaskUis": 1,
            "flowDefinitions": 1,
            "humanLoops": 1,
            "unpublishedEvents": 0,
        },
    )


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/_a2i/admin/unknown", 404),
        ("POST", "/_a2i/admin/faults", 405),
        ("GET", "/_a2i/templates/unknown", 404),
    ],
)
def test_fails_on_what_is_not_there(served: LocalA2I, method: str, path: str, status: int) -> None:
    assert _request(served, method, path)[0] == status


def test_the_url_of_a_template_leads_to_its_text(served: LocalA2I) -> None:
    ui = served.sagemaker.describe_human_task_ui(HumanTaskUiName="review")
    status, text = _request(served, "GET", ui["UiTemplate"]["Url"])
    assert status == 200
    assert text == "<crowd-form><p>{{ task.input.text }}</p></crowd-form>"
