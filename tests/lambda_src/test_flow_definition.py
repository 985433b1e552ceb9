"""The flow definition's custom resource, through its handlers, against the local A2I service."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from a2i_local.service import FaultSettings
from a2i_shared.flow_definitions.properties import FlowDefinitionProperties
from a2i_shared.flow_definitions.retirement import RETIRED_TAG
from a2i_shared.flow_definitions.service import _contains
from flow_definition import creation
from tests.lambda_src.flow_stack import FlowStack, ResourceFailed
from tests.lambda_src.service_errors import service_error


def refuse(
    stack: FlowStack, monkeypatch: pytest.MonkeyPatch, operation: str, code: str, message: str
) -> None:
    def refused(**_: Any) -> None:
        raise service_error(code, message)

    monkeypatch.setattr(stack.sagemaker, operation, refused)


def test_creates_and_waits_for_active(stack: FlowStack) -> None:
    name = stack.deploy(stack.wanted())

    assert stack.status(name) == "Active"
    assert re.fullmatch(r"sentiment-0a1b2c3d-[0-9a-f]{10}", name)
    assert stack.attributes["FlowDefinitionName"] == name
    assert stack.attributes["FlowDefinitionArn"].endswith(f":flow-definition/{name}")


def test_another_backend_makes_another_flow_definition(stack: FlowStack) -> None:
    in_a2i, in_account = (
        FlowDefinitionProperties.parse({**stack.wanted(), **backend})
        for backend in ({}, {"Backend": "account"})
    )
    place = ("arn:aws:cloudformation:us-east-1:123456789012:stack/It/0a1b2c3d", "Flow")
    assert in_a2i.name(*place) != in_account.name(*place)
    assert in_a2i.create_request("a", {}) == in_account.create_request("a", {})


def test_a_wrong_kind_of_arn_fails_at_once_and_names_the_kind(stack: FlowStack) -> None:
    before = stack.clock.now()
    wrong = stack.a2i.workteam_arn.replace("workteam/private-crowd", "workforce")

    with pytest.raises(ResourceFailed, match=r"workteam/private-crowd/<name>.*workforce/reviewers"):
        stack.deploy(stack.wanted(WorkteamArn=wrong))

    assert stack.clock.now() == before


def test_a_team_that_does_not_exist_fails_at_once_in_the_services_words(stack: FlowStack) -> None:
    before = stack.clock.now()

    with pytest.raises(ResourceFailed, match=r"Workteam .* does not exist or you do not have acc"):
        stack.deploy(stack.wanted(WorkteamArn=f"{stack.a2i.workteam_arn}-x"))

    assert (stack.clock.now(), stack.names()) == (before, [])


def test_a_role_that_iam_still_spreads_is_waited_for(
    stack: FlowStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.a2i.host.roles.clear()
    find = stack.sagemaker.describe_flow_definition

    def appear(**parameters: Any) -> Any:
        if stack.clock.now() > started + timedelta(seconds=60):
            stack.a2i.host.roles.add(stack.a2i.role_arn)
        return find(**parameters)

    started = stack.clock.now()
    monkeypatch.setattr(stack.sagemaker, "describe_flow_definition", appear)

    assert stack.status(stack.deploy(stack.wanted())) == "Active"


def test_a_role_that_never_works_is_reported_after_two_minutes(stack: FlowStack) -> None:
    stack.a2i.host.roles.clear()
    started = stack.clock.now()

    with pytest.raises(ResourceFailed, match=r"a2i-local cannot be used.* trust sagemaker"):
        stack.deploy(stack.wanted())

    assert timedelta(minutes=2) < stack.clock.now() - started < timedelta(minutes=3)


def test_missing_permissions_of_the_role_are_not_called_a_trust_problem(stack: FlowStack) -> None:
    stack.a2i.host.denied_actions.add("s3:GetBucketLocation")

    with pytest.raises(ResourceFailed, match=r"must be allowed s3:GetBucketLocation") as failure:
        stack.deploy(stack.wanted())

    assert "trust" not in str(failure.value)


def test_a_right_to_pass_the_role_that_iam_still_spreads_is_waited_for(
    stack: FlowStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    create, started = stack.sagemaker.create_flow_definition, stack.clock.now()

    def refuse_for_a_while(**parameters: Any) -> Any:
        if stack.clock.now() < started + timedelta(seconds=30):
            said = f"is not authorized to perform: iam:PassRole on resource: {stack.a2i.role_arn}"
            raise service_error("AccessDeniedException", said)
        return create(**parameters)

    monkeypatch.setattr(stack.sagemaker, "create_flow_definition", refuse_for_a_while)

    assert stack.status(stack.deploy(stack.wanted())) == "Active"


def test_keywords_in_another_order_are_the_same_flow_definition(stack: FlowStack) -> None:
    wanted = stack.wanted(TaskKeywords=["text", "opinion", "a"])
    name = stack.deploy(wanted)
    found = stack.sagemaker.describe_flow_definition(FlowDefinitionName=name)
    assert found["HumanLoopConfig"]["TaskKeywords"] != wanted["HumanLoopConfig"]["TaskKeywords"]
    stack.physical_id = None

    assert stack.deploy(wanted) == name


def test_a_dropped_zero_is_the_same_and_another_keyword_is_not() -> None:
    wanted = {"TaskKeywords": ["a", "b"], "Price": {"Dollars": 0, "Cents": 1}}

    assert _contains({"TaskKeywords": ["b", "a"], "Price": {"Cents": 1}, "More": 1}, wanted)
    assert not _contains({"TaskKeywords": ["a", "c"], "Price": {"Cents": 1}}, wanted)
    assert not _contains({"TaskKeywords": ["a", "b"], "Price": {"Cents": 2}}, wanted)


def test_the_services_failure_reason_is_reported(stack: FlowStack) -> None:
    stack.a2i.inject(FaultSettings(failed_flow_definitions={"*": "the team was removed"}))

    with pytest.raises(ResourceFailed, match="failed: the team was removed"):
        stack.deploy(stack.wanted())


def test_creation_succeeds_after_one_of_the_same_properties_failed(stack: FlowStack) -> None:
    stack.a2i.inject(FaultSettings(failed_flow_definitions={"*": "a passing fault"}))
    with pytest.raises(ResourceFailed):
        stack.deploy(stack.wanted())
    stack.a2i.inject(FaultSettings())

    assert stack.status(stack.deploy(stack.wanted())) == "Active"


def test_a_repeated_request_adopts_what_the_first_one_made(stack: FlowStack) -> None:
    name = stack.deploy(stack.wanted())
    stack.physical_id = None

    assert stack.deploy(stack.wanted()) == name
    assert stack.names() == [name]


def test_a_namesake_with_other_properties_is_not_touched(stack: FlowStack) -> None:
    name = stack.deploy(stack.wanted())
    stack.sagemaker.delete_flow_definition(FlowDefinitionName=name)
    stack.a2i.advance(timedelta(seconds=5))
    config: Any = {**stack.wanted()["HumanLoopConfig"], "TaskTitle": "Somebody else's"}
    for number in ("TaskCount", "TaskAvailabilityLifetimeInSeconds", "TaskTimeLimitInSeconds"):
        config[number] = int(config[number])
    stack.sagemaker.create_flow_definition(
        FlowDefinitionName=name,
        RoleArn=stack.a2i.role_arn,
        OutputConfig={"S3OutputPath": "s3://a2i-local/"},
        HumanLoopConfig=config,
    )
    stack.physical_id = None

    with pytest.raises(ResourceFailed, match="exists with other properties"):
        stack.deploy(stack.wanted())

    assert stack.names() == [name]


def test_two_resources_with_equal_properties_are_two_definitions(stack: FlowStack) -> None:
    one = stack.deploy(stack.wanted())
    stack.physical_id, stack.logical_id = None, "OtherFlow"

    other = stack.deploy(stack.wanted())

    assert sorted(stack.names()) == sorted([one, other])


def test_a_change_makes_a_new_one_and_deletes_the_old(stack: FlowStack) -> None:
    old = stack.deploy(stack.wanted())
    new = stack.deploy(stack.wanted(TaskTitle="Check again"))

    assert new != old
    assert stack.names() == [new]


def test_a_change_with_reviews_pending_loses_none(stack: FlowStack) -> None:
    old = stack.deploy(stack.wanted())
    stack.start_loop("pending")

    stack.deploy(stack.wanted(TaskTitle="Check again"))

    assert stack.status(old) == "Active"
    assert RETIRED_TAG in stack.tags(old)
    stack.a2i.submit("pending", {"ok": "yes"})
    assert stack.a2i.status("pending") == "Completed"


def test_changing_back_takes_a_retired_one_back(stack: FlowStack) -> None:
    first = stack.deploy(stack.wanted())
    stack.start_loop("pending")
    second = stack.deploy(stack.wanted(TaskTitle="Check again"))

    assert stack.deploy(stack.wanted()) == first
    assert RETIRED_TAG not in stack.tags(first)
    assert stack.names() == [first]
    assert second not in stack.names()


def test_changing_back_works_at_once_while_the_former_one_is_being_deleted(
    stack: FlowStack,
) -> None:
    first = _held_in_deletion(stack)

    again = stack.deploy(stack.wanted())

    assert (again == first, stack.status(again), stack.status(first)) == (
        False,
        "Active",
        "Deleting",
    )
    assert stack.deploy({**stack.wanted(), "Tags": [{"Key": "stage", "Value": "test"}]}) == again
    _let_worker_go(stack)
    assert stack.names() == [again]
    assert stack.deploy(stack.wanted()) == again


def test_rolling_back_finds_the_one_that_is_not_the_first_of_its_properties(
    stack: FlowStack,
) -> None:
    _held_in_deletion(stack)
    current = stack.deploy(stack.wanted())
    _let_worker_go(stack)

    with pytest.raises(ResourceFailed):
        stack.deploy(stack.wanted(WorkteamArn=f"{stack.a2i.workteam_arn}-x"))

    assert stack.physical_id == current
    assert stack.names() == [current]


def test_where_all_names_are_being_deleted_one_is_waited_for(
    stack: FlowStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(creation, "_NAMES_TRIED", 1)
    first = _held_in_deletion(stack)
    before = stack.clock.now()

    with pytest.raises(ResourceFailed, match="timed out"):
        stack.deploy(stack.wanted())
    assert stack.clock.now() > before + timedelta(minutes=50)

    _let_worker_go(stack)
    assert stack.deploy(stack.wanted()) == first


def _held_in_deletion(stack: FlowStack) -> str:
    """A definition that another one has replaced, being deleted while a worker holds a task."""
    first = stack.deploy(stack.wanted())
    stack.start_loop("held")
    tasks = stack.a2i.service.worker_tasks
    task_id = tasks.task_id("held", account=stack.a2i.account, region=stack.a2i.region)
    tasks.accept(task_id, "worker-1")
    stack.deploy(stack.wanted(TaskTitle="Check again"))
    stack.sagemaker.delete_flow_definition(FlowDefinitionName=first)
    assert stack.status(first) == "Deleting"
    return first


def _let_worker_go(stack: FlowStack) -> None:
    """The time for the task is over, and the deletion goes on."""
    stack.a2i.advance(timedelta(hours=1))
    stack.a2i.advance(timedelta(seconds=5))


def test_a_failed_change_rolls_back_to_the_untouched_old_one(stack: FlowStack) -> None:
    old = stack.deploy(stack.wanted())
    stack.start_loop("pending")

    with pytest.raises(ResourceFailed):
        stack.deploy(stack.wanted(WorkteamArn=f"{stack.a2i.workteam_arn}-x"))

    assert stack.physical_id == old
    assert stack.names() == [old]
    assert RETIRED_TAG not in stack.tags(old)
    assert stack.a2i.status("pending") == "InProgress"


def test_tags_change_in_place(stack: FlowStack) -> None:
    stack.cloudformation.tags = {"team": "claims", "aws:cloudformation:stack-name": "S"}
    properties = stack.wanted()
    name = stack.deploy({**properties, "Tags": [{"Key": "stage", "Value": "test"}]})
    assert stack.tags(name) == {"team": "claims", "stage": "test"}
    tag_by_hand(stack)

    same = stack.deploy({**properties, "Tags": [{"Key": "owner", "Value": "ada"}]})

    assert same == name
    assert stack.tags(name) == {"team": "claims", "owner": "ada", "cost": "by hand"}


def tag_by_hand(stack: FlowStack) -> None:
    arn = stack.attributes["FlowDefinitionArn"]
    stack.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "cost", "Value": "by hand"}])


def test_the_constructs_tag_wins_over_the_stacks(stack: FlowStack) -> None:
    stack.cloudformation.tags = {"team": "claims"}

    name = stack.deploy({**stack.wanted(), "Tags": [{"Key": "team", "Value": "fraud"}]})

    assert stack.tags(name) == {"team": "fraud"}


def test_the_stacks_tags_of_now_come_with_the_next_change(stack: FlowStack) -> None:
    stack.cloudformation.tags = {"team": "claims"}
    name = stack.deploy(stack.wanted())
    stack.cloudformation.tags = {"team": "fraud"}

    stack.deploy({**stack.wanted(), "Tags": [{"Key": "owner", "Value": "ada"}]})

    assert stack.tags(name) == {"team": "fraud", "owner": "ada"}


def test_destroying_deletes(stack: FlowStack) -> None:
    stack.deploy(stack.wanted())

    stack.destroy()

    assert stack.names() == []


def test_destroying_with_reviews_pending_is_refused_with_their_number(stack: FlowStack) -> None:
    name = stack.deploy(stack.wanted())
    stack.start_loop("one")
    stack.start_loop("two")

    with pytest.raises(ResourceFailed, match=r"has 2 human loops pending.*flow discard-pending"):
        stack.destroy()

    assert stack.status(name) == "Active"
    stack.a2i.submit("one", {"ok": "yes"})
    stack.a2i.submit("two", {"ok": "yes"})
    stack.destroy()
    assert stack.names() == []


def test_reviews_that_wait_for_nearly_as_long_as_they_can_still_count(stack: FlowStack) -> None:
    stack.deploy(stack.wanted())
    stack.start_loop("old")
    stack.a2i.advance(timedelta(seconds=864_000 - 10))

    with pytest.raises(ResourceFailed, match="has 1 human loop pending"):
        stack.destroy()


def test_a_deletion_that_workers_hold_up_says_what_it_waits_for(stack: FlowStack) -> None:
    name = stack.deploy(stack.wanted())
    stack.start_loop("held")
    tasks = stack.a2i.service.worker_tasks
    task_id = tasks.task_id("held", account=stack.a2i.account, region=stack.a2i.region)
    tasks.accept(task_id, "worker-1")
    stack.sagemaker.delete_flow_definition(FlowDefinitionName=name)

    with pytest.raises(
        ResourceFailed,
        match=r"still Deleting after 0:50:00: 1 human loop in the hands of workers, the last one "
        r"until 2030-01-11 01:00 UTC; delete again",
    ):
        stack.destroy()

    stack.a2i.advance(timedelta(hours=1))
    stack.destroy()
    assert stack.names() == []


def test_a_deletion_that_the_service_refuses_says_so(
    stack: FlowStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.deploy(stack.wanted())
    refuse(stack, monkeypatch, "delete_flow_definition", "ResourceInUse", "said so")

    with pytest.raises(ResourceFailed, match=r"still Active after 0:50:00: the service refuses"):
        stack.destroy()


@pytest.mark.parametrize("code", ["ConflictException", "ThrottlingException"])
def test_a_deletion_that_meets_another_change_is_tried_again(
    stack: FlowStack, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    stack.deploy(stack.wanted())
    delete, calls = stack.sagemaker.delete_flow_definition, iter(range(100))

    def first_refused(**parameters: Any) -> Any:
        if next(calls) < 2:
            raise service_error(code, "another change is under way")
        return delete(**parameters)

    monkeypatch.setattr(stack.sagemaker, "delete_flow_definition", first_refused)

    stack.destroy()

    assert stack.names() == []


def test_deleting_what_is_gone_succeeds(stack: FlowStack) -> None:
    name = stack.deploy(stack.wanted())
    stack.sagemaker.delete_flow_definition(FlowDefinitionName=name)
    stack.a2i.advance(timedelta(seconds=5))

    stack.destroy()


def test_nothing_of_another_stack_is_deleted(stack: FlowStack) -> None:
    stack.a2i.create_flow_definition("foreign-11111111-0123456789", "<crowd-form></crowd-form>")
    stack.deploy(stack.wanted())
    stack.physical_id = "foreign-11111111-0123456789"

    stack.destroy()

    assert "foreign-11111111-0123456789" in stack.names()


def test_throttling_while_waiting_is_borne(
    stack: FlowStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    find, calls = stack.sagemaker.describe_flow_definition, iter(range(100))

    def often_throttled(**parameters: Any) -> Any:
        if next(calls) % 3:
            raise service_error("ThrottlingException", "Rate exceeded")
        return find(**parameters)

    monkeypatch.setattr(stack.sagemaker, "describe_flow_definition", often_throttled)

    stack.deploy(stack.wanted())
    stack.destroy()

    assert stack.names() == []


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("AccessDeniedException", "was denied .*said so.*permissions boundary"),
        ("ResourceLimitExceeded", "met a quota .*said so.*Service Quotas"),
        ("InvalidParameterException", "said so.* takes no new customers since July 2026"),
        ("ValidationException", "was refused .ValidationException: said so"),
    ],
)
def test_refusals_say_what_to_do_in_the_services_words(
    stack: FlowStack, monkeypatch: pytest.MonkeyPatch, code: str, advice: str
) -> None:
    refuse(stack, monkeypatch, "create_flow_definition", code, "said so")

    with pytest.raises(ResourceFailed, match=advice):
        stack.deploy(stack.wanted())


def test_a_malformed_property_is_named(stack: FlowStack) -> None:
    with pytest.raises(ResourceFailed, match=r"HumanLoopConfig\.TaskCount"):
        stack.deploy(stack.wanted(TaskCount="many"))
