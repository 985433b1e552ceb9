"""What reviewers can do with tasks is one and the same, wherever human loops run."""

from datetime import timedelta
from typing import Any

import pytest

from tests.contract.hosts import ONE, STRANGER, TEMPLATE, THREE, TWO, Host, Refused


@pytest.fixture
def flow(host: Host) -> str:
    return host.create_flow_definition("review", TEMPLATE, task_count=2, TaskTimeLimitInSeconds=600)


@pytest.fixture
def loop(host: Host, flow: str) -> str:
    host.start("loop", flow, {"text": "é", "score": 996.0})
    return "loop"


def refused(host: Host, *arguments: Any) -> tuple[str, int]:
    with pytest.raises(Refused) as caught:
        host.act(*arguments)
    return caught.value.code, caught.value.status


def test_a_free_task_is_listed_and_shown_to_the_team(host: Host, flow: str, loop: str) -> None:
    (task,) = host.tasks(ONE)
    assert {**task, "id": "", "createdAt": "", "expiresAt": "", "allows": {}} == {
        "id": "",
        "humanLoopName": loop,
        "reviewId": None,
        "reviewTitle": None,
        "flow": flow.rpartition("/")[2],
        "flowDefinitionArn": flow,
        "title": "review",
        "description": "Answer review",
        "keywords": [],
        "createdAt": "",
        "expiresAt": "",
        "timeLimitSeconds": 600,
        "state": "available",
        "acceptedUntil": None,
        "allows": {},
    }
    assert (task["allows"]["extend"], task["allows"]["undo"]) == (None, None)
    shown = host.act(ONE, "show", loop)
    assert shown.pop("html") == "<crowd-form><p>é</p></crowd-form>"
    assert shown == task


def test_the_list_has_an_order_and_goes_on_where_a_page_ended(
    host: Host, flow: str, loop: str
) -> None:
    other = host.create_flow_definition("other", TEMPLATE)
    for number, arn in enumerate((flow, other, flow)):
        host.start(f"more-{number}", arn, {"text": "a"})
    host.act(ONE, "accept", "more-0")
    assert host.page(ONE) == (["more-0", loop, "more-1", "more-2"], None)
    assert host.page(TWO, order="newest")[0] == ["more-2", "more-1", "more-0", loop]
    (first, *_) = (t["createdAt"] + "#" + t["id"] for t in host.tasks(TWO) if t["flow"] == "other")
    assert host.page(ONE, after=first)[0] == ["more-2"]
    assert host.page(TWO, after=first, order="newest")[0] == ["more-0", loop]
    hurried = host.create_flow_definition(
        "hurried", TEMPLATE, TaskAvailabilityLifetimeInSeconds=3600
    )
    host.start("more-3", hurried, {"text": "a"})
    assert host.page(TWO, order="ending")[0] == ["more-3", loop, "more-0", "more-1", "more-2"]
    assert host.page(TWO, flow="other")[0] == host.page(TWO, search="MORE-1")[0] == ["more-1"]
    assert host.page(TWO, search="nothing") == ([], None)


def test_a_task_has_as_many_slots_as_answers_are_wanted(host: Host, loop: str) -> None:
    for worker in (ONE, TWO):
        task = host.act(worker, "accept", loop)
        assert task["state"] == "accepted"
        assert host.act(worker, "accept", loop) == task
        assert [each["state"] for each in host.tasks(worker)] == ["accepted"]
    assert host.tasks(THREE) == []
    for action in ("show", "accept"):
        assert refused(host, THREE, action, loop) == ("SlotTaken", 409)
    assert refused(host, THREE, "submit", loop, {}) == ("SlotTaken", 409)
    assert host.act(ONE, "release", loop)["state"] == "available"
    assert host.act(THREE, "release", loop)["state"] == "available"
    assert [each["state"] for each in host.tasks(THREE)] == ["available"]
    assert host.act(THREE, "accept", loop)["state"] == "accepted"


def test_each_worker_answers_once(host: Host, loop: str) -> None:
    assert host.act(ONE, "submit", loop, {"by": ONE})["state"] == "submitted"
    assert host.tasks(ONE) == []
    for action, answer in (("accept", None), ("submit", {"by": "again"})):
        assert refused(host, ONE, action, loop, answer) == ("SlotTaken", 409)
    host.act(TWO, "submit", loop, {"by": TWO})
    for action, answer in (("show", None), ("accept", None), ("submit", {})):
        assert refused(host, THREE, action, loop, answer) == ("TaskNotFound", 404)


def test_time_that_ran_out_is_told_and_the_task_goes_back(host: Host, loop: str) -> None:
    host.act(ONE, "accept", loop)
    host.advance(timedelta(seconds=600))
    assert [task["state"] for task in host.tasks(ONE)] == ["available"]
    assert refused(host, ONE, "submit", loop, {}) == ("TaskTimeLimitExceeded", 409)
    host.act(ONE, "accept", loop)
    assert host.act(ONE, "submit", loop, {})["state"] == "submitted"


def test_who_is_not_in_the_team_is_refused(host: Host, loop: str) -> None:
    for action in ("show", "accept", "release"):
        assert refused(host, STRANGER, action, loop) == ("NotATeamMember", 403)
    assert refused(host, STRANGER, "submit", loop, {}) == ("NotATeamMember", 403)


def test_answers_are_written_and_told_as_a2i_does(host: Host, flow: str, loop: str) -> None:
    host.act(ONE, "accept", loop)
    host.advance(timedelta(seconds=90))
    host.act(ONE, "submit", loop, {"sentiment": {"label": "Ünder"}})
    host.act(TWO, "submit", loop, {"n": 1.5})
    output = host.output(loop)
    assert [*output] == ["flowDefinitionArn", "humanAnswers", "humanLoopName", "inputContent"]
    assert output["flowDefinitionArn"] == flow
    assert output["inputContent"] == {"text": "é", "score": 996}
    first, second = output["humanAnswers"]
    assert [first["answerContent"], second["answerContent"]] == [
        {"sentiment": {"label": "Ünder"}},
        {"n": 1.5},
    ]
    assert (first["timeSpentInSeconds"], second["timeSpentInSeconds"]) == (90.0, 0.0)
    assert first["workerId"] != second["workerId"]
    identity = first["workerMetadata"]["identityData"]
    assert identity == {
        "identityProviderType": "Cognito",
        "issuer": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_reviewers",
        "sub": f"{ONE}-sub",
    }
    (told,) = host.told(loop)
    described = host.runtime.describe_human_loop(HumanLoopName=loop)
    assert {**told, "creationTime": ""} == {
        "creationTime": "",
        "failureCode": None,
        "failureReason": None,
        "flowDefinitionArn": flow,
        "humanLoopArn": described["HumanLoopArn"],
        "humanLoopName": loop,
        "humanLoopOutput": {"outputS3Uri": described["HumanLoopOutput"]["OutputS3Uri"]},
        "humanLoopStatus": "Completed",
    }
