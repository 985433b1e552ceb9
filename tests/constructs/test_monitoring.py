"""ReviewMonitoring and ReviewMetrics: what is watched, under which names."""

import json
from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Template

from a2i_constructs import HumanReviewWorkflow, ReviewBackend, ReviewMonitoring, Workteam
from tests.constructs.backends.test_review_backend import stack_with
from tests.constructs.review_stacks import ROOT, TEAM_ARN, new_stack, properties, tone_template


@pytest.fixture(scope="module")
def monitored() -> Template:
    stack = new_stack()
    first = _workflow(stack, "Tone")
    second = HumanReviewWorkflow(
        stack,
        "Colour",
        template=tone_template(),
        workteam=first.workteam,
    )
    topic = sns.Topic(stack, "Operators")
    ReviewMonitoring(stack, "Monitoring", workflows=[first, second], alarm_topic=topic)
    return Template.from_stack(stack)


def test_what_is_given_up_or_waits_or_fails_calls_an_operator(monitored: Template) -> None:
    alarms = properties(monitored, "AWS::CloudWatch::Alarm")
    simple = {alarm["MetricName"]: alarm["Threshold"] for alarm in alarms if "MetricName" in alarm}
    assert simple == {
        "ApproximateNumberOfMessagesVisible": 0,
        "Throttles": 0,
        "OldestPendingSeconds": 24 * 3600,
        "OldestWaitingSeconds": 3600,
        "StartsDelayed": 0,
    }
    assert len(alarms) == 11
    for alarm in alarms:
        assert alarm["TreatMissingData"] == "notBreaching"
        assert len(alarm["AlarmActions"]) == len(alarm["OKActions"]) == 1


@pytest.mark.parametrize(
    ("backend", "service"),
    [
        (ReviewBackend.a2i(drain=["account"]), "Amazon A2I"),
        (ReviewBackend.account(drain=["a2i"]), "DynamoDB"),
    ],
)
def test_alarms_name_the_service_that_starts_human_loops(
    backend: ReviewBackend, service: str
) -> None:
    stack, workflow = stack_with(backend)
    ReviewMonitoring(stack, "Monitoring", workflows=[workflow])
    alarms = properties(Template.from_stack(stack), "AWS::CloudWatch::Alarm")
    starts = [alarm for alarm in alarms if alarm.get("MetricName") == "StartsDelayed"]
    assert [alarm["AlarmDescription"].partition(" puts off")[0] for alarm in starts] == [service]


@pytest.mark.parametrize(
    ("backend", "queues"),
    [
        (ReviewBackend.a2i(), 2),
        (ReviewBackend.account(), 3),
        (ReviewBackend.a2i(drain=["account"]), 3),
    ],
)
def test_what_human_loops_in_the_account_fail_on_calls_an_operator(
    backend: ReviewBackend, queues: int
) -> None:
    stack, workflow = stack_with(backend)
    ReviewMonitoring(stack, "Monitoring", workflows=[workflow])
    template = Template.from_stack(stack)
    watched = [
        alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0]
        for alarm in properties(template, "AWS::CloudWatch::Alarm")
        if alarm.get("MetricName") == "ApproximateNumberOfMessagesVisible"
    ]
    assert len({*watched}) == queues
    everything = {*template.find_resources("AWS::SQS::Queue")}
    requests = {name for name in everything if "RedrivePolicy" in _queue(template, name)}
    assert {*watched} == everything - requests, "a queue that nobody reads has no alarm"


def _queue(template: Template, name: str) -> Any:
    return template.find_resources("AWS::SQS::Queue")[name]["Properties"]


def test_each_flow_has_its_own_failure_rate(monitored: Template) -> None:
    rates = [
        {query["MetricStat"]["Metric"]["Dimensions"][0]["Value"] for query in alarm["Metrics"][1:]}
        for alarm in properties(monitored, "AWS::CloudWatch::Alarm")
        if "Metrics" in alarm
    ]
    assert rates == [{"tone"}, {"colour"}]


def test_metrics_are_those_that_the_functions_write(monitored: Template) -> None:
    source = "".join(path.read_text() for path in (ROOT / "lambda_src").rglob("*.py"))
    [dashboard] = properties(monitored, "AWS::CloudWatch::Dashboard")
    ours = [
        metric
        for widget in json.loads(_text(dashboard["DashboardBody"]))["widgets"]
        for metric in widget["properties"].get("metrics", [])
        if metric[0] == "A2IReview"
    ]
    assert len(ours) == 26
    for _, name, *dimensions in ours:
        assert f'"{name}"' in source or f'"{name.removeprefix("Reviews")}"' in source
        assert dimensions[:4] in (
            ["flow", "tone", "service", "Review"],
            ["flow", "colour", "service", "Review"],
        )


def test_the_functions_write_under_the_stacks_name(monitored: Template) -> None:
    services = {
        function["Handler"].split(".")[0]: function["Environment"]["Variables"].get(
            "POWERTOOLS_SERVICE_NAME"
        )
        for function in properties(monitored, "AWS::Lambda::Function")
    }
    assert services["starter"] == services["results"] == services["reconciler"] == "Review"


def test_without_a_topic_alarms_tell_nobody() -> None:
    stack = new_stack()
    ReviewMonitoring(stack, "Monitoring", workflows=[_workflow(stack, "Tone")])
    for alarm in properties(Template.from_stack(stack), "AWS::CloudWatch::Alarm"):
        assert "AlarmActions" not in alarm


def test_fails_without_a_workflow_or_with_those_of_two_stacks() -> None:
    with pytest.raises(ValueError, match="workflows must be of one runtime, got 0"):
        ReviewMonitoring(Stack(), "Monitoring", workflows=[])
    first, second = _workflow(new_stack("First"), "Tone"), _workflow(new_stack("Second"), "Tone")
    with pytest.raises(ValueError, match="workflows must be of one runtime, got 2"):
        ReviewMonitoring(Stack(), "Monitoring", workflows=[first, second])


def _workflow(stack: Stack, construct_id: str) -> HumanReviewWorkflow:
    team = Workteam.from_workteam_arn(stack, "Team", TEAM_ARN)
    return HumanReviewWorkflow(stack, construct_id, template=tone_template(), workteam=team)


def _text(value: Any) -> str:
    parts = value["Fn::Join"][1]
    return "".join(part if isinstance(part, str) else "token" for part in parts)
