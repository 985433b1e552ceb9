"""The backend of a stack decides where its human loops live, and what is made for them."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from aws_cdk import Duration, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Match, Template

from a2i_constructs import (
    AdoptedWorkforce,
    HumanReviewWorkflow,
    PrivateWorkforce,
    ReviewBackend,
    ReviewRuntime,
    Workteam,
)
from tests.constructs.review_stacks import (
    TEAM_ARN,
    new_stack,
    properties,
    tone_template,
    two_flows,
)


def stack_with(backend: ReviewBackend | None) -> tuple[Stack, HumanReviewWorkflow]:
    stack = new_stack()
    ReviewRuntime(stack, "ReviewRuntime", backend=backend)
    return stack, HumanReviewWorkflow(stack, "Tone", template=tone_template())


@cache
def template_of(mode: str, *drain: str) -> Template:
    make = {"a2i": ReviewBackend.a2i, "account": ReviewBackend.account}[mode]
    return Template.from_stack(stack_with(make(drain=drain))[0])


def test_a2i_is_the_default() -> None:
    assert template_of("a2i").to_json() == Template.from_stack(stack_with(None)[0]).to_json()
    assert "A2I_BACKEND" not in json.dumps(two_flows().to_json())


def test_the_account_needs_nothing_of_sagemakers() -> None:
    """An account that A2I refuses could deploy neither the types nor use the actions."""
    text = json.dumps(template_of("account").to_json())
    assert "AWS::SageMaker" not in text
    assert '"sagemaker:' not in text
    assert "sagemaker.amazonaws.com" not in text


def test_a_backend_that_drains_keeps_its_workforce_and_team_and_gets_no_new_flows() -> None:
    made = template_of("account", "a2i")
    a2i = template_of("a2i").to_json()["Resources"]
    for kind in ("Workforce", "Workteam"):
        [(name, kept)] = made.find_resources(f"AWS::SageMaker::{kind}").items()
        assert a2i[name] == kept, "the update would replace it"
    [flow] = properties(made, "Custom::A2IFlowDefinition")
    assert flow["Backend"] == "account"
    made.resource_count_is("AWS::SageMaker::HumanTaskUi", 0)
    made.resource_count_is("Custom::A2IHumanTaskUi", 1)


def test_an_account_that_drains_keeps_table_api_and_functions() -> None:
    made, account = template_of("a2i", "account"), template_of("account")
    for kind in ("DynamoDB::Table", "ApiGatewayV2::Api", "ApiGatewayV2::Route"):
        before = account.find_resources(f"AWS::{kind}")
        after = made.find_resources(f"AWS::{kind}")
        assert {name: each["Properties"] for name, each in before.items()} == {
            name: each["Properties"] for name, each in after.items()
        }
    [flow] = properties(made, "Custom::A2IFlowDefinition")
    assert "Backend" not in flow
    made.resource_count_is("AWS::SageMaker::HumanTaskUi", 1)


@pytest.mark.parametrize(
    ("mode", "drain", "expected"),
    [
        ("account", (), {"A2I_BACKEND": "account"}),
        ("account", ("a2i",), {"A2I_BACKEND": "account", "A2I_DRAINED_BACKENDS": "a2i"}),
        ("a2i", ("account",), {"A2I_BACKEND": "a2i", "A2I_DRAINED_BACKENDS": "account"}),
    ],
)
def test_functions_on_human_loops_are_told_where_they_live(
    mode: str, drain: tuple[str, ...], expected: dict[str, str]
) -> None:
    told = set()
    for function in properties(template_of(mode, *drain), "AWS::Lambda::Function"):
        variables = function.get("Environment", {}).get("Variables", {})
        if "A2I_HUMAN_LOOPS_TABLE" in variables:
            assert "A2I_HUMAN_LOOPS_BUCKET" in variables
            assert "A2I_STACK_ID" in variables
            folder = function["Handler"].split(".")[0]
            told.add(folder)
            if folder in {"starter", "results", "reconciler", "review_guard", "flow_definition"}:
                assert variables.items() >= expected.items(), folder
    assert told == {
        *("starter", "results", "reconciler", "review_guard", "flow_definition"),
        *("human_loop_endpoint", "portal", "loop_stream", "loop_clock", "human_task_ui"),
    }


@pytest.mark.parametrize(
    ("mode", "drain", "sources"),
    [
        ("a2i", (), ["aws.sagemaker"]),
        ("account", (), ["a2i.human-loops"]),
        ("account", ("a2i",), ["a2i.human-loops", "aws.sagemaker"]),
        ("a2i", ("account",), ["aws.sagemaker", "a2i.human-loops"]),
    ],
)
def test_results_listen_to_every_backend(
    mode: str, drain: tuple[str, ...], sources: list[str]
) -> None:
    template_of(mode, *drain).has_resource_properties(
        "AWS::Events::Rule",
        {
            "EventPattern": {
                "source": sources,
                "detail-type": ["SageMaker A2I HumanLoop Status Change"],
                "detail": Match.any_value(),
            }
        },
    )


def test_a_rule_of_the_application_listens_to_the_flows_backend() -> None:
    stack, workflow = stack_with(ReviewBackend.account())
    workflow.flow_definition.on_human_loop_failed("Failed")
    Template.from_stack(stack).has_resource_properties(
        "AWS::Events::Rule",
        {"EventPattern": Match.object_like({"source": ["a2i.human-loops"]})},
    )


def test_flows_in_the_account_say_what_reviewers_may_do() -> None:
    stack = new_stack()
    ReviewRuntime(stack, "ReviewRuntime", backend=ReviewBackend.account(drain=["a2i"]))
    HumanReviewWorkflow(
        stack,
        "Tone",
        template=tone_template(),
        max_declines=3,
        time_extension=Duration.minutes(15),
        answer_grace_period=Duration.seconds(30),
        own_answers_shown_for=Duration.days(1),
        review_title="{{ task.input.headline }}",
    )
    [flow] = properties(Template.from_stack(stack), "Custom::A2IFlowDefinition")
    assert flow["HumanLoopConfig"]["WorkerOptions"] == {
        "MaxDeclines": 3,
        "ExtensionInSeconds": 900,
        "MaxExtensions": 1,
        "AnswerGraceInSeconds": 30,
        "OwnAnswersInSeconds": 86400,
        "ReviewTitle": "{{ task.input.headline }}",
    }


@pytest.mark.parametrize(
    ("mode", "drain", "backends"),
    [("a2i", (), None), ("account", ("a2i",), ["account", "a2i"])],
)
def test_the_update_guard_knows_where_reviews_may_be_pending(
    mode: str, drain: tuple[str, ...], backends: list[str] | None
) -> None:
    [guard] = properties(template_of(mode, *drain), "Custom::A2IUpdateGuard")
    assert guard.get("Backends") == backends


def _trusted(made: Template) -> dict[str, Any]:
    [role] = [
        role
        for name, role in made.find_resources("AWS::IAM::Role").items()
        if name.startswith("ReviewRuntimeFlowRole")
    ]
    [statement] = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    trusted: dict[str, Any] = statement["Principal"]
    return trusted


def test_flow_roles_trust_the_two_functions_that_act_for_reviewers() -> None:
    trusted = _trusted(template_of("account"))
    [portal, stream] = [each["Fn::GetAtt"][0] for each in trusted.pop("AWS")]
    assert "Portal" in portal
    assert "Stream" in stream
    assert not trusted
    assert _trusted(template_of("account", "a2i"))["Service"] == "sagemaker.amazonaws.com"


def test_the_two_functions_may_assume_a_role_that_is_passed_in() -> None:
    stack = new_stack()
    role = iam.Role(stack, "Theirs", assumed_by=iam.AccountRootPrincipal())
    ReviewRuntime(stack, "ReviewRuntime", backend=ReviewBackend.account(), flow_role=role)
    HumanReviewWorkflow(stack, "Tone", template=tone_template())
    assuming = [
        name
        for name, policy in Template.from_stack(stack).find_resources("AWS::IAM::Policy").items()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Action"] == "sts:AssumeRole" and "Theirs" in json.dumps(statement["Resource"])
    ]
    assert len(assuming) == 2


def test_events_of_the_account_are_no_proof() -> None:
    """Whoever may put events could forge one, so the results function reads the table."""
    [policy] = [
        policy["Properties"]["PolicyDocument"]
        for name, policy in template_of("account").find_resources("AWS::IAM::Policy").items()
        if name.startswith("ReviewRuntimeResultsFunctionRole")
    ]
    table = {"Fn::GetAtt": [_loops_table(template_of("account")), "Arn"]}
    assert [each["Action"] for each in policy["Statement"] if each.get("Resource") == table] == [
        "dynamodb:GetItem"
    ]


def _loops_table(made: Template) -> str:
    [name] = [n for n in made.find_resources("AWS::DynamoDB::Table") if "HumanLoops" in n]
    return name


def test_applications_start_human_loops_at_the_endpoint() -> None:
    stack, workflow = stack_with(ReviewBackend.account())
    theirs = iam.Role(stack, "Theirs", assumed_by=iam.AccountRootPrincipal())
    workflow.flow_definition.grant_start_human_loop(theirs)
    Template.from_stack(stack).has_resource_properties(
        "AWS::IAM::Policy",
        {
            "PolicyDocument": Match.object_like(
                {
                    "Statement": [
                        {
                            "Action": "execute-api:Invoke",
                            "Effect": "Allow",
                            "Resource": {
                                "Fn::Join": [
                                    "",
                                    Match.array_with(["/$default/POST/human-loops"]),
                                ]
                            },
                        }
                    ]
                }
            )
        },
    )


def test_people_are_invited_once_the_invitation_names_the_portal() -> None:
    stack = new_stack()
    ReviewRuntime(stack, "ReviewRuntime", backend=ReviewBackend.account(drain=["a2i"]))
    workforce = PrivateWorkforce(stack, "Workforce")
    Workteam(stack, "Team", workforce=workforce, workers=["ana@example.com"])
    made = Template.from_stack(stack)
    sign_ins = made.find_resources("Custom::A2ISignIn")
    [invites] = [n for n, each in sign_ins.items() if "Invitation" in each["Properties"]]
    assert len(sign_ins) == 2
    assert "execute-api" in json.dumps(sign_ins[invites]["Properties"]["Invitation"])
    assert "ClientId" not in sign_ins[invites]["Properties"]
    [members] = made.find_resources("Custom::A2IWorkteamMembers").values()
    assert invites in members["DependsOn"]


def _workforce_first(stack: Stack) -> None:
    PrivateWorkforce(stack, "Workforce")
    ReviewRuntime(stack, "ReviewRuntime", backend=ReviewBackend.account())


def _adopts(stack: Stack) -> None:
    ReviewBackend.account().use_in(stack)
    AdoptedWorkforce(stack, "Workforce")


def _takes_a_team(stack: Stack) -> None:
    ReviewBackend.account().use_in(stack)
    Workteam.from_workteam_arn(stack, "Team", TEAM_ARN)


def _no_runtime(stack: Stack) -> None:
    ReviewBackend.account().use_in(stack)
    PrivateWorkforce(stack, "Workforce")


def _limits_addresses(stack: Stack) -> None:
    ReviewRuntime(stack, "ReviewRuntime", backend=ReviewBackend.account())
    PrivateWorkforce(stack, "Workforce", source_ip_cidrs=["203.0.113.0/24"])


def _two_pools(stack: Stack) -> None:
    ReviewRuntime(stack, "ReviewRuntime", backend=ReviewBackend.account())
    PrivateWorkforce(stack, "Workforce")
    PrivateWorkforce(stack, "Second", user_pool=cognito.UserPool(stack, "Pool"))


@pytest.mark.parametrize(
    ("define", "message"),
    [
        (
            _workforce_first,
            "is made for it already, got 'account': define the ReviewRuntime before",
        ),
        (_adopts, "AdoptedWorkforce needs Amazon A2I, got backend 'account', .*PrivateWorkforce"),
        (_takes_a_team, "a work team that exists needs Amazon A2I, got backend 'account'"),
        (_no_runtime, "need a ReviewRuntime: define the stack's, with backend=ReviewBackend.acc"),
        (_limits_addresses, "source_ip_cidrs must be empty with backend 'account', got "),
        (_two_pools, "have the reviewers of one workforce"),
    ],
)
def test_fails_for_what_the_account_has_not(define: Callable[[Stack], None], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        define(new_stack())


@pytest.mark.parametrize(
    ("make", "drain"),
    [
        (ReviewBackend.a2i, ["a2i"]),
        (ReviewBackend.account, ["account"]),
        (ReviewBackend.account, ["a2i", "a2i"]),
        (ReviewBackend.a2i, ["sagemaker"]),
    ],
)
def test_only_the_other_backend_can_drain(
    make: Callable[..., ReviewBackend], drain: list[str]
) -> None:
    with pytest.raises(ValueError, match=r"drain must be empty or \['\w+'\] for backend"):
        make(drain=drain)


def test_synthesis_fails_without_reviewers() -> None:
    stack = new_stack()
    ReviewRuntime(stack, "ReviewRuntime", backend=ReviewBackend.account())
    with pytest.raises(RuntimeError, match="have no reviewers: define a PrivateWorkforce"):
        Template.from_stack(stack)


def test_the_functions_that_render_have_an_asset_of_their_own() -> None:
    codes: dict[str, set[str]] = {}
    for function in properties(template_of("account"), "AWS::Lambda::Function"):
        codes.setdefault(function["Code"]["S3Key"], set()).add(function["Handler"].split(".")[0])
        assert function["Runtime"] != lambda_.Runtime.PYTHON_3_11.name
    [rendering] = [folders for folders in codes.values() if "portal" in folders]
    assert rendering == {"portal", "loop_stream"}
