"""Whatever a client sends to the portal, it answers, and never with a server error."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.effort import examples
from tests.tools.a2i_local.portal.test_portal_api import call
from tests.tools.a2i_local.portal.test_sign_in import Portal, running

pytestmark = pytest.mark.soak

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
MEMBERS = ("worker", "answerContent", "username", "password", "newPassword", "mfaCode")
BODIES = st.binary(max_size=60) | (
    st.dictionaries(
        st.sampled_from(MEMBERS), st.sampled_from(["worker-1", "right", {}]) | JSON_VALUES
    ).map(lambda body: json.dumps(body).encode())
)
PATHS = (
    "sign-in",
    "sign-out",
    "tasks",
    "tasks/{task}",
    "tasks/{task}/accept",
    "tasks/{task}/release",
    "tasks/{task}/submit",
)
COMMON = settings(
    max_examples=examples(150),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    with running(sign_in_required=False) as running_portal:
        yield running_portal


@COMMON
@given(st.sampled_from(["GET", "POST"]), st.sampled_from(PATHS), BODIES)
def test_no_body_ends_in_a_server_error(
    portal: Portal, method: str, path: str, body: bytes
) -> None:
    _expect_an_answer(portal, method, path.format(task="none"), body)
    open_tasks = portal.a2i.service.worker_tasks.list("worker-1")
    for task in open_tasks:
        _expect_an_answer(portal, method, path.format(task=task.id), body)


@COMMON
@given(st.binary(min_size=1, max_size=80))
def test_no_cookie_ends_in_a_server_error(portal: Portal, value: bytes) -> None:
    token = "".join(chr(octet) for octet in value if octet not in b"\r\n\0")
    name = f"a2i-session-{portal.url.rpartition(':')[2]}"
    reply = call(portal.url, "GET", "/_a2i/api/tasks", headers={"Cookie": f"{name}={token}"})
    assert reply.status < 500


def _expect_an_answer(portal: Portal, method: str, path: str, body: bytes) -> None:
    reply: Any = call(portal.url, method, f"/_a2i/api/{path}", body.decode("latin-1"))
    assert reply.status < 500, reply.body
