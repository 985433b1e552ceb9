"""Whatever a client sends, the service answers, and never with a server error."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from a2i_local import protocol
from a2i_local.protocol.models import CONTROL_PLANE, RUNTIME, api
from a2i_local.service import ManualClock
from a2i_local.testing import LocalA2I
from tests.effort import examples

pytestmark = pytest.mark.soak

OPERATIONS = sorted(LocalA2I(clock=ManualClock()).service.operations)
KNOWN = [
    "review",
    "loop",
    "default",
    "reviewers",
    "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/review",
    "arn:aws:sagemaker:us-east-1:123456789012:human-task-ui/review",
    "arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/reviewers",
    LocalA2I.role_arn,
    f"s3://{LocalA2I.bucket}/x",
    "{}",
    '{"text": "a"}',
    "{{ task.input.text | grant_read_access }}",
    "{% for a in task.input %}{{ a | to_json }}",
]
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
COMMON = settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def target() -> Iterator[LocalA2I]:
    a2i = LocalA2I(clock=ManualClock())
    flow = a2i.create_flow_definition("review", "<crowd-form>{{ task.input.text }}</crowd-form>")
    a2i.start("loop", flow, {"text": "a"})
    yield a2i
    a2i.close()


def _values(shape: Shape) -> st.SearchStrategy[Any]:
    """Values of a shape: mostly of its type, often within its constraints, sometimes not."""
    if isinstance(shape, StructureShape):
        return _members(shape)
    if isinstance(shape, ListShape):
        return st.lists(_values(shape.member), max_size=4)
    if isinstance(shape, MapShape):
        return st.dictionaries(st.text(max_size=5), _values(shape.value), max_size=3)
    if shape.type_name == "integer":
        return st.integers(-1, 100) | st.integers()
    if shape.type_name == "timestamp":
        return st.floats(0, 2e9) | st.floats() | st.text()
    return _strings(shape)


def _strings(shape: Shape) -> st.SearchStrategy[Any]:
    enum = getattr(shape, "enum", [])
    choices = [st.sampled_from(KNOWN), st.text(max_size=70), JSON_VALUES]
    return st.one_of(*([st.sampled_from(enum)] if enum else []), *choices)


def _members(shape: StructureShape) -> st.SearchStrategy[Any]:
    required = {name: _values(shape.members[name]) for name in shape.required_members}
    optional = {n: _values(m) for n, m in shape.members.items() if n not in required}
    return st.fixed_dictionaries(required, optional=optional) | st.fixed_dictionaries(
        {}, optional=required | optional
    )


def requests_of(operation: str) -> st.SearchStrategy[tuple[str, str, dict[str, str], bytes, Any]]:
    control_plane = api(CONTROL_PLANE).operation(operation)
    if control_plane is not None:
        headers = {"X-Amz-Target": f"SageMaker.{operation}"}
        shape = control_plane.input_shape
        assert shape is not None
        return _members(shape).map(
            lambda members: ("POST", "/", headers, json.dumps(members).encode(), {})
        )
    runtime = api(RUNTIME).operation(operation)
    assert runtime is not None
    shape = runtime.input_shape
    assert shape is not None
    method, uri = runtime.http["method"], runtime.http["requestUri"]
    return _members(shape).map(lambda members: _runtime_request(method, uri, members))


def _runtime_request(
    method: str, uri: str, members: dict[str, Any]
) -> tuple[str, str, dict[str, str], bytes, dict[str, str]]:
    path = uri.replace("{HumanLoopName}", str(members.get("HumanLoopName", "loop")))
    query = {} if method == "POST" else {name: str(value) for name, value in members.items()}
    body = json.dumps(members).encode() if method == "POST" else b""
    return method, path, {}, body, query


@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_request_ends_in_a_server_error(target: LocalA2I, operation: str) -> None:
    @COMMON
    @given(requests_of(operation))
    def answers(request: tuple[str, str, dict[str, str], bytes, Any]) -> None:
        status, _, body = protocol.handle(
            target.service, *request, account=target.account, region=target.region
        )
        assert status < 500, body
        if body:
            json.loads(body)

    answers()


@COMMON
@given(
    st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    st.sampled_from(["/", "/human-loops", "/human-loops/stop", "/_a2i/admin/faults"]) | st.text(),
    st.sampled_from([{}, {"X-Amz-Target": "SageMaker.ListTags"}, {"X-Amz-Target": ""}]),
    st.binary(max_size=50) | JSON_VALUES.map(lambda value: json.dumps(value).encode()),
)
def test_no_body_ends_in_a_server_error(
    target: LocalA2I, method: str, path: str, headers: dict[str, str], body: bytes
) -> None:
    status, _, _ = protocol.handle(
        target.service, method, path, headers, body, {}, account="1", region="r"
    )
    assert status < 500


@COMMON
@given(st.text(max_size=200) | st.sampled_from(KNOWN), JSON_VALUES)
def test_no_template_ends_in_a_server_error(target: LocalA2I, template: str, text: Any) -> None:
    target.service.worker_tasks.list("worker-1")
    body = {
        "UiTemplate": {"Content": template},
        "Task": {"Input": json.dumps({"text": text})},
        "RoleArn": target.role_arn,
    }
    status, _, answer = protocol.handle(
        target.service,
        "POST",
        "/",
        {"X-Amz-Target": "SageMaker.RenderUiTemplate"},
        json.dumps(body).encode(),
        {},
        account=target.account,
        region=target.region,
    )
    assert status < 500, answer
