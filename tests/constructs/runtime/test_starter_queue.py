"""How long requests wait for the starter, and who has to know."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from aws_cdk import Duration, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk.assertions import Template

from a2i_constructs import (
    HumanLoopResults,
    HumanLoopStarter,
    HumanReviewWorkflow,
    ReviewBuckets,
    ReviewLedger,
    ReviewReconciler,
    ReviewRuntime,
    Workteam,
)
from a2i_constructs.step_functions import StartHumanReview
from tests.constructs.review_stacks import TEAM_ARN, new_stack, properties, tone_template

DAY = 24 * 3600


@dataclass(frozen=True)
class Patient:
    template: Template
    state: Mapping[str, Any]
    """A task that waits for a review."""


@pytest.fixture(scope="module")
def patient() -> Patient:
    stack = new_stack()
    team = Workteam.from_workteam_arn(stack, "Team", TEAM_ARN)
    ReviewRuntime(stack, "Runtime", queue_max_age=Duration.days(3))
    workflow = HumanReviewWorkflow(stack, "Tone", template=tone_template(), workteam=team)
    ask = StartHumanReview(
        stack,
        "Ask",
        starter=workflow.runtime.starter,
        flow_definition=workflow.flow_definition,
        review_id="order-1",
        task_input=sfn.JsonPath.object_at("$"),
    )
    state = ask.to_state_json()
    return Patient(Template.from_stack(stack), state)


def test_no_deletion_of_the_policy_opens_the_queue_that_the_destroy_guard_has_closed(
    patient: Patient,
) -> None:
    policies = patient.template.find_resources("AWS::SQS::QueuePolicy")
    [policy] = [each for name, each in policies.items() if "StarterQueue" in name]
    assert policy["DeletionPolicy"] == "RetainExceptOnCreate"


def test_asynchronous_requests_that_fail_land_in_the_dead_letter_queue(patient: Patient) -> None:
    functions = patient.template.find_resources("AWS::Lambda::Function")
    [starter] = [each for name, each in functions.items() if "StarterFunction" in name]
    target = starter["Properties"]["DeadLetterConfig"]["TargetArn"]
    queue, attribute = target["Fn::GetAtt"]
    assert attribute == "Arn"
    assert "StarterDeadLetterQueue" in queue
    assert any("RoleDefaultPolicy" in name for name in starter["DependsOn"])  # Lambda tries it


def test_starter_reconciler_and_queue_know_the_longest_wait(patient: Patient) -> None:
    ages = [
        function["Environment"]["Variables"].get("A2I_QUEUE_MAX_AGE_SECONDS")
        for function in properties(patient.template, "AWS::Lambda::Function")
    ]
    assert ages.count("259200") == 2
    redrives = [
        queue["RedrivePolicy"]["maxReceiveCount"]
        for queue in properties(patient.template, "AWS::SQS::Queue")
        if "RedrivePolicy" in queue
    ]
    assert redrives == [900]


def test_a_task_state_waits_as_long_as_its_start_may_take(patient: Patient) -> None:
    assert patient.state["TimeoutSeconds"] == (3 + 30) * DAY + 3600


@pytest.mark.parametrize(
    ("age", "message"),
    [
        (Duration.seconds(59), "queue_max_age must be at least 1 minute, got 59 seconds"),
        (Duration.days(4), "queue_max_age must be at most 3 days, got 4 days"),
    ],
)
def test_fails_for_a_wait_that_the_queue_cannot_keep(age: Duration, message: str) -> None:
    stack = Stack()
    key = kms.Key(stack, "Key")
    buckets = ReviewBuckets(stack, "Buckets", key=key)
    ledger = ReviewLedger(stack, "Ledger", key=key)
    with pytest.raises(ValueError, match=message):
        HumanLoopStarter(stack, "Starter", buckets=buckets, ledger=ledger, queue_max_age=age)


def test_the_shortest_wait_leaves_as_many_receives_as_a_day() -> None:
    stack = Stack()
    key = kms.Key(stack, "Key")
    buckets = ReviewBuckets(stack, "Buckets", key=key)
    ledger = ReviewLedger(stack, "Ledger", key=key)
    starter = HumanLoopStarter(
        stack, "Starter", buckets=buckets, ledger=ledger, queue_max_age=Duration.minutes(1)
    )
    results = HumanLoopResults(stack, "Results", buckets=buckets, ledger=ledger)
    ReviewReconciler(stack, "Reconciler", starter=starter, results=results)
    template = Template.from_stack(stack)
    template.has_resource_properties("AWS::SQS::Queue", {"RedrivePolicy": {"maxReceiveCount": 300}})
