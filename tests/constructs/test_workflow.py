"""HumanReviewWorkflow: the smallest use, sharing, an injected runtime, overridden hooks."""

import inspect
import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import Stack, Tags
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from a2i_constructs import (
    Confidence,
    FlowDefinition,
    HumanReviewWorkflow,
    IHumanTaskUi,
    IWorkteam,
    ReviewPolicy,
    ReviewRuntime,
    TaskProps,
    Workteam,
)
from a2i_constructs.storage.review_buckets import incoming_prefix
from tests.constructs.review_stacks import (
    TEAM_ARN,
    new_stack,
    properties,
    tone_template,
    two_flows,
)

KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f"


def test_a_template_and_a_team_are_enough() -> None:
    stack = new_stack()
    team = Workteam.from_workteam_arn(stack, "Team", TEAM_ARN)
    HumanReviewWorkflow(stack, "ToneReview", template=tone_template(), workteam=team)

    template = Template.from_stack(stack)
    [flow] = properties(template, "Custom::A2IFlowDefinition")
    assert flow["FlowName"] == "tone-review"
    assert flow["HumanLoopConfig"]["TaskTitle"] == "Tone"
    template.resource_count_is("AWS::Cognito::UserPool", 0)
    template.resource_count_is("AWS::SageMaker::Workforce", 0)
    assert "PortalUrl" not in template.find_outputs("*")


def test_workflows_share_all_but_their_own_parts() -> None:
    template = two_flows()
    shared = {
        "AWS::KMS::Key": 1,
        "AWS::DynamoDB::Table": 1,
        "AWS::SageMaker::Workforce": 1,
        "AWS::SageMaker::Workteam": 1,
        "AWS::Lambda::EventSourceMapping": 1,
        "AWS::Events::Rule": 2,
        "Custom::A2IDestroyGuard": 1,
        "Custom::A2IUpdateGuard": 1,
        "AWS::StepFunctions::StateMachine": 1,
    }
    own = {"AWS::SageMaker::HumanTaskUi": 2, "Custom::A2IFlowDefinition": 2}
    for resource_type, count in {**shared, **own}.items():
        template.resource_count_is(resource_type, count)


def test_each_flow_is_registered_and_published() -> None:
    template = two_flows()
    outputs = template.find_outputs("*")
    assert {"ToneFlowDefinitionArn", "SecondToneFlowDefinitionArn"} <= set(outputs)
    names = [parameter["Name"] for parameter in properties(template, "AWS::SSM::Parameter")]
    assert sorted(names) == [
        "/a2i/Review/dead-letter-queue-url",
        "/a2i/Review/event-bus-name",
        "/a2i/Review/flows/second-tone",
        "/a2i/Review/flows/tone",
        "/a2i/Review/input-bucket",
        "/a2i/Review/ledger-table",
        "/a2i/Review/output-bucket",
        "/a2i/Review/portal-url",
        "/a2i/Review/queue-url",
        "/a2i/Review/reconciler-function-name",
        "/a2i/Review/starter-function-name",
    ]


def test_a_runtime_that_is_passed_in_is_used() -> None:
    stack = new_stack()
    team = Workteam.from_workteam_arn(stack, "Team", TEAM_ARN)
    runtime = ReviewRuntime(stack, "Ours")
    first = HumanReviewWorkflow(
        stack, "Tone", template=tone_template(), workteam=team, runtime=runtime
    )
    second = HumanReviewWorkflow(stack, "Mood", template=tone_template(), workteam=team)
    assert first.runtime is runtime
    assert second.runtime is runtime


def test_a_hook_changes_the_task_and_leaves_the_rest() -> None:
    class TwoAnswers(HumanReviewWorkflow):
        def _make_flow_definition(
            self,
            *,
            flow_name: str,
            human_task_ui: IHumanTaskUi,
            workteam: IWorkteam,
            runtime: ReviewRuntime,
            task: TaskProps,
        ) -> FlowDefinition:
            return super()._make_flow_definition(
                flow_name=flow_name,
                human_task_ui=human_task_ui,
                workteam=workteam,
                runtime=runtime,
                task={**task, "task_count": 2},
            )

    stack = new_stack()
    team = Workteam.from_workteam_arn(stack, "Team", TEAM_ARN)
    TwoAnswers(stack, "Tone", template=tone_template(), workteam=team)
    [flow] = properties(Template.from_stack(stack), "Custom::A2IFlowDefinition")
    assert flow["HumanLoopConfig"]["TaskCount"] == 2


def test_required_inputs_of_the_caller_win_over_those_of_the_template() -> None:
    stack = new_stack()
    _workflow(stack, "Tone", required_inputs=["text", "language"])
    document = _registration(Template.from_stack(stack))
    assert document["requiredInputs"] == ["text", "language"]


def test_what_a_workflow_takes_is_a_short_list() -> None:
    parameters = inspect.signature(HumanReviewWorkflow.__init__).parameters
    assert len(parameters) - len(["self", "scope", "construct_id"]) <= 11


def test_every_hook_makes_the_part_it_is_named_for() -> None:
    hooks = {name for name in vars(HumanReviewWorkflow) if name.startswith("_make_")}
    workflow = HumanReviewWorkflow(Stack(), "Tone", template=tone_template())
    for hook in hooks:
        assert getattr(workflow, hook.removeprefix("_make_")) is not None
        assert str(getattr(HumanReviewWorkflow, hook).__doc__).startswith("Hook: ")


def test_the_policy_reaches_the_starter_without_touching_the_flow_definition() -> None:
    def synthesize(threshold: float) -> Template:
        stack = new_stack()
        HumanReviewWorkflow(
            stack,
            "Tone",
            template=tone_template(),
            workteam=Workteam.from_workteam_arn(stack, "Team", TEAM_ARN),
            review_policy=ReviewPolicy(Confidence("score").below(threshold)),
        )
        return Template.from_stack(stack)

    strict, lenient = synthesize(0.9), synthesize(0.5)
    assert _flow(strict) == _flow(lenient)
    assert _revision(strict) != _revision(lenient)
    document = _registration(strict)
    assert document["requiredInputs"] == ["text"]
    assert document["reviewWhen"] == {
        "version": "1",
        "reviewWhen": {"confidence": {"path": "score", "below": 0.9}},
    }


def granted(grant: Callable[[HumanReviewWorkflow, iam.Role], object]) -> list[Any]:
    """Grant something of a workflow to a role, and return the statements of its policy."""
    stack = new_stack()
    team = Workteam.from_workteam_arn(stack, "Team", TEAM_ARN)
    workflow = HumanReviewWorkflow(stack, "Tone", template=tone_template(), workteam=team)
    caller = iam.Role(stack, "Caller", assumed_by=iam.AccountRootPrincipal())
    grant(workflow, caller)
    template = Template.from_stack(stack)
    [policy] = [
        each
        for each in properties(template, "AWS::IAM::Policy")
        if each["PolicyName"].startswith("Caller")
    ]
    return list(policy["PolicyDocument"]["Statement"])


def objects(statements: list[Any], action: str) -> list[str]:
    """Return the ends of the ARNs that an action is allowed on."""
    [resources] = [each["Resource"] for each in statements if each["Action"] == action]
    arns = resources if isinstance(resources, list) else [resources]
    return ["".join(map(_text, each["Fn::Join"][1])) for each in arns]


def _text(part: Any) -> str:
    return part if isinstance(part, str) else "*" if "Fn::Select" in part else ""


@pytest.mark.parametrize("sender", ["claims", "loans"])
def test_a_sender_writes_below_its_own_prefix_only(sender: str) -> None:
    statements = granted(lambda workflow, role: workflow.grant_send_reviews(role, sender=sender))
    assert objects(statements, "s3:PutObject") == [f"/requests/_incoming/{sender}/*"]


def test_who_has_no_senders_name_writes_nothing() -> None:
    statements = granted(lambda workflow, role: workflow.grant_send_reviews(role))
    assert not [each for each in statements if "s3:" in str(each["Action"])]


@pytest.mark.parametrize("sender", ["", "../claims", "claims/", "Claims", "*", "a" * 41])
def test_a_senders_name_can_be_no_other_place(sender: str) -> None:
    with pytest.raises(ValueError, match="sender must"):
        incoming_prefix(sender)


def test_results_are_granted_by_flow() -> None:
    statements = granted(lambda workflow, role: workflow.grant_read_results(role))
    assert objects(statements, "s3:GetObject") == ["/results/tone/*", "/reviews/tone-*-*"]


@pytest.mark.parametrize(
    ("grant", "services"),
    [
        (lambda workflow, role: workflow.grant_send_reviews(role, sender="a"), {"sqs", "s3"}),
        (lambda workflow, role: workflow.grant_read_results(role), {"s3"}),
        (lambda workflow, role: workflow.runtime.buckets.grant_put_input(role, "up/"), {"s3"}),
    ],
    ids=["send reviews", "read results", "put input"],
)
def test_applications_use_the_key_through_services_alone(grant: Any, services: set[str]) -> None:
    uses = [each for each in granted(grant) if "kms:" in str(each["Action"])]
    found = set()
    for use in uses:
        [(operator, condition)] = use["Condition"].items()
        assert operator == "StringEquals"
        [[key, [service]]] = condition.items()
        assert key == "kms:ViaService"
        found.add(service["Fn::Join"][1][0].rstrip("."))
    assert found == services


def test_the_client_may_invoke_look_up_and_read_and_uses_no_key_by_itself() -> None:
    stack = new_stack()
    team = Workteam.from_workteam_arn(stack, "Team", TEAM_ARN)
    workflow = HumanReviewWorkflow(stack, "Tone", template=tone_template(), workteam=team)
    workflow.grant_use_client(iam.Role(stack, "Caller", assumed_by=iam.AccountRootPrincipal()))
    policies = Template.from_stack(stack).find_resources("AWS::IAM::Policy")
    [policy] = [each for name, each in policies.items() if name.startswith("Caller")]
    statements = policy["Properties"]["PolicyDocument"]["Statement"]
    allowed = {
        action: statement
        for statement in statements
        for action in [statement["Action"]]
        if isinstance(action, str)
    }
    of_key = [each for each in statements if "kms:" in str(each["Action"])]
    services = [str(each["Condition"]["StringEquals"]["kms:ViaService"]) for each in of_key]
    assert set(allowed) - {"kms:Decrypt"} == {
        "cloudformation:DescribeStacks",
        "dynamodb:GetItem",
        "lambda:InvokeFunction",
        "s3:GetObject",
        "s3:ListBucket",
        "ssm:GetParametersByPath",
    }
    assert sorted("dynamodb" in each for each in services) == [False, True]
    assert "results/*" in str(allowed["s3:GetObject"]["Resource"])


def test_applications_may_invoke_the_starter_and_send_to_its_queue() -> None:
    statements = granted(lambda workflow, role: workflow.grant_send_reviews(role))
    for action, resource in (
        ("lambda:InvokeFunction", "ReviewRuntimeStarterFunction"),
        ("sqs:SendMessage", "ReviewRuntimeStarterQueue"),
    ):
        [found] = [each["Resource"] for each in statements if each["Action"] == action]
        name, attribute = found["Fn::GetAtt"]
        assert name.startswith(resource)
        assert attribute == "Arn"


def test_fails_for_two_flows_of_one_name() -> None:
    stack = Stack()
    _workflow(stack, "Tone")
    with pytest.raises(ValueError, match="flow 'tone' is already known to this starter"):
        _workflow(stack, "Other", flow_name="tone")


def test_fails_for_a_policy_that_no_parameter_holds() -> None:
    policy = ReviewPolicy(Confidence("s", label="l" * 4000).below(1))
    with pytest.raises(ValueError, match="must have at most 3500 characters as JSON, got 4"):
        _workflow(Stack(), "Tone", review_policy=policy)


def _workflow(stack: Stack, construct_id: str, **changes: Any) -> HumanReviewWorkflow:
    team = changes.pop("workteam", None) or Workteam.from_workteam_arn(
        stack, f"{construct_id}Team", TEAM_ARN
    )
    return HumanReviewWorkflow(
        stack, construct_id, template=tone_template(), workteam=team, **changes
    )


def _flow(template: Template) -> Any:
    return properties(template, "Custom::A2IFlowDefinition")


def _revision(template: Template) -> Any:
    [revision] = [
        function["Environment"]["Variables"]["A2I_FLOWS_REVISION"]
        for function in properties(template, "AWS::Lambda::Function")
        if function["Handler"] == "starter.handler.lambda_handler"
    ]
    return revision


def _registration(template: Template) -> Any:
    [value] = [
        parameter["Value"]
        for parameter in properties(template, "AWS::SSM::Parameter")
        if "/flows/" in parameter["Name"]
    ]
    parts = value["Fn::Join"][1]
    return json.loads("".join(part if isinstance(part, str) else "ARN" for part in parts))


def test_tags_of_a_workflow_reach_what_a2i_keeps_of_it() -> None:
    stack = new_stack()
    workflow = HumanReviewWorkflow(stack, "Tone", template=tone_template())
    Tags.of(workflow).add("team", "claims")
    template = Template.from_stack(stack)

    for kind in (
        "Custom::A2IFlowDefinition",
        "AWS::SageMaker::HumanTaskUi",
        "AWS::SageMaker::Workforce",
        "AWS::SageMaker::Workteam",
    ):
        [resource] = properties(template, kind)
        assert {"Key": "team", "Value": "claims"} in resource["Tags"], kind
