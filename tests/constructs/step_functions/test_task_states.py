"""StartHumanReview and BulkReview: what Step Functions is told, and what it may do."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pytest
from aws_cdk import Duration, Stack, Token
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk.assertions import Template

import a2i_shared.errors
from a2i_constructs import HumanReviewWorkflow, Workteam
from a2i_constructs.step_functions import BulkReview, StartHumanReview
from tests.constructs.review_stacks import TEAM_ARN, new_stack, tone_template

ORDER = {"task_input": sfn.JsonPath.object_at("$.input"), "review_id": "order-1"}


def new_workflow(stack: Stack, **task: Any) -> HumanReviewWorkflow:
    team = Workteam.from_workteam_arn(stack, "Team", TEAM_ARN)
    return HumanReviewWorkflow(stack, "Tone", template=tone_template(), workteam=team, **task)


def task_state(**changes: Any) -> Mapping[str, Any]:
    """The state as Step Functions sees it."""
    stack = new_stack()
    flow = {name: changes.pop(name) for name in [*changes] if name.startswith("task_a")}
    workflow = new_workflow(stack, **flow)
    state = StartHumanReview(
        stack,
        "Ask",
        starter=workflow.runtime.starter,
        flow_definition=workflow.flow_definition,
        **{**ORDER, **changes},
    )
    found: Mapping[str, Any] = stack.resolve(state.to_state_json())
    return found


@cache
def bulk_template() -> Template:
    stack = new_stack()
    bulk = BulkReview(
        stack,
        "Bulk",
        starter=new_workflow(stack).runtime.starter,
        max_concurrency=10,
        tolerated_failure_percentage=2,
    )
    bulk.grant_run(iam.Role(stack, "Clerk", assumed_by=iam.AccountRootPrincipal()))
    return Template.from_stack(stack)


def test_it_waits_for_the_token_with_the_request_as_the_starter_takes_it() -> None:
    state = task_state(
        review_id=sfn.JsonPath.string_at("$.id"),
        prediction={"score": sfn.JsonPath.number_at("$.score"), "model": "m-1"},
    )
    assert json.dumps(state["Resource"]).endswith(':states:::lambda:invoke.waitForTaskToken"]]}')
    assert state["Parameters"]["Payload"] == {
        "reviewId.$": "$.id",
        "flow": "tone",
        "input.$": "$.input",
        "prediction": {"score.$": "$.score", "model": "m-1"},
        "taskToken.$": "$$.Task.Token",
    }


def test_without_a_prediction_none_is_sent() -> None:
    assert "prediction" not in json.dumps(task_state()["Parameters"])


def test_expressions_may_be_jsonata() -> None:
    state = task_state(
        review_id="{% $states.input.id %}",
        task_input="{% $states.input.text %}",
        query_language=sfn.QueryLanguage.JSONATA,
        outputs="{% $states.result.status %}",
    )
    assert state["QueryLanguage"] == "JSONata"
    assert state["Output"] == "{% $states.result.status %}"
    assert state["Arguments"]["Payload"] == {
        "reviewId": "{% $states.input.id %}",
        "flow": "tone",
        "input": "{% $states.input.text %}",
        "taskToken": "{% $states.context.Task.Token %}",
    }


def test_the_timeout_outlasts_queue_availability_and_time_limit() -> None:
    derived = task_state(task_availability=Duration.days(3))["TimeoutSeconds"]
    assert derived == (1 + 3) * 24 * 3600 + 3600
    assert task_state()["TimeoutSeconds"] == (1 + 30) * 24 * 3600 + 3600
    assert task_state(timeout=Duration.seconds(7))["TimeoutSeconds"] == 7


def test_fails_to_derive_a_timeout_from_a_token() -> None:
    token = Duration.seconds(Token.as_number({"Ref": "Seconds"}))
    with pytest.raises(ValueError, match="timeout must be given for flow 'tone'"):
        task_state(task_availability=token)
    assert task_state(task_availability=token, timeout=Duration.hours(1))["TimeoutSeconds"] == 3600


def test_what_passes_is_repeated_with_jitter() -> None:
    [_, own] = task_state()["Retry"]
    assert own["ErrorEquals"] == ["Lambda.TooManyRequestsException", "StartDelayedError"]
    assert own["JitterStrategy"] == "FULL"


def test_the_errors_to_catch_are_those_that_the_functions_raise() -> None:
    refused = {kind.__name__ for kind in _kinds(a2i_shared.errors.RequestRefusedError)}
    unreadable = {"DocumentNotFoundError", "DocumentUnreadableError"}
    assert unreadable <= set(vars(a2i_shared.errors))
    assert set(StartHumanReview.REFUSED) == refused | unreadable


def test_the_state_machine_may_invoke_and_the_functions_name_no_state_machine() -> None:
    stack = new_stack()
    workflow = new_workflow(stack)
    state = StartHumanReview(
        stack,
        "Ask",
        starter=workflow.runtime.starter,
        flow_definition=workflow.flow_definition,
        **ORDER,  # type: ignore[arg-type]  # one mapping for all tests
    )
    body = sfn.DefinitionBody.from_chainable(state)
    machine = sfn.StateMachine(stack, "Machine", definition_body=body)
    template = Template.from_stack(stack)  # fails on a dependency cycle
    machine_id = str(stack.get_logical_id(machine.node.default_child))  # type: ignore[arg-type]  # an L1
    policies = template.find_resources("AWS::IAM::Policy")
    [own] = [policy for name, policy in policies.items() if name.startswith("Machine")]
    [statement] = own["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Action"] == "lambda:InvokeFunction"
    others = [policy for name, policy in policies.items() if not name.startswith("Machine")]
    assert machine_id not in json.dumps(others)


def test_a_bulk_job_sends_each_line_of_a_manifest() -> None:
    machines = bulk_template().find_resources("AWS::StepFunctions::StateMachine")
    [machine] = [found for name, found in machines.items() if name.startswith("Bulk")]
    definition = json.loads(_text(machine["Properties"]["DefinitionString"]))
    requests = definition["States"]["Requests"]
    assert requests["ItemReader"]["ReaderConfig"] == {"InputType": "JSONL"}
    assert requests["ItemReader"]["Parameters"]["Key.$"] == "$.manifestKey"
    assert requests["MaxConcurrency"] == 10
    assert requests["ToleratedFailurePercentage"] == 2
    assert requests["ItemProcessor"]["ProcessorConfig"]["ExecutionType"] == "EXPRESS"
    assert requests["ResultWriter"]["WriterConfig"]["Transformation"] == "COMPACT"
    assert "Parameters" not in requests["ItemProcessor"]["States"]["Send"]


def test_a_bulk_job_reads_manifests_and_writes_outcomes_and_no_other_objects() -> None:
    granted = _granted(bulk_template(), lambda name: name.startswith("BulkStateMachineRole"))
    assert granted["s3:GetObject"] == {
        "ReviewRuntimeBucketsInput/manifests/*",
        "ReviewRuntimeBucketsOutput/bulk/*",
    }
    assert granted["s3:PutObject"] == {"ReviewRuntimeBucketsOutput/bulk/*"}
    assert granted["s3:AbortMultipartUpload"] == {"ReviewRuntimeBucketsOutput/bulk/*"}


def test_who_runs_bulk_jobs_may_upload_manifests() -> None:
    granted = _granted(bulk_template(), lambda name: name.startswith("Clerk"))
    assert granted["s3:PutObject"] == {"ReviewRuntimeBucketsInput/manifests/*"}
    assert {"states:StartExecution", "states:StopExecution"} <= set(granted)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"max_concurrency": 0}, "max_concurrency must be between 1 and 1000, got 0"),
        ({"max_concurrency": 1001}, "max_concurrency must be between 1 and 1000, got 1001"),
        (
            {"tolerated_failure_percentage": 101},
            "tolerated_failure_percentage must be between 0 and 100, got 101",
        ),
    ],
)
def test_fails_for_a_number_out_of_range(wrong: dict[str, Any], message: str) -> None:
    stack = new_stack()
    with pytest.raises(ValueError, match=message):
        BulkReview(stack, "Bulk", starter=new_workflow(stack).runtime.starter, **wrong)


def _kinds(base: type[Exception]) -> list[type[Exception]]:
    direct = base.__subclasses__()
    return [*direct, *(kind for each in direct for kind in _kinds(each))]


def _granted(template: Template, of: Callable[[str], bool]) -> dict[str, set[str]]:
    """Resources by action, with the buckets by the beginning of their logical ids."""
    found: dict[str, set[str]] = {}
    for name, policy in template.find_resources("AWS::IAM::Policy").items():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"] if of(name) else []:
            for action in _list(statement["Action"]):
                held = {_object(resource) for resource in _list(statement["Resource"])}
                found.setdefault(action, set()).update(held)
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _object(resource: Any) -> str:
    match resource:
        case {"Fn::Join": ["", [{"Fn::GetAtt": [bucket, "Arn"]}, key]]}:
            return f"{bucket[:-8]}{key}"
        case _:
            return "another"


def _text(value: Any) -> str:
    parts = value["Fn::Join"][1]
    return "".join(part if isinstance(part, str) else "token" for part in parts)
