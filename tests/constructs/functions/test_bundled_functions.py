"""The functions that the library ships: assets, limits, logs, queues."""

import json
from importlib.metadata import version
from pathlib import Path

import pytest
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk.assertions import Template

from a2i_constructs import (
    FunctionDefaults,
    HumanLoopResults,
    HumanLoopStarter,
    HumanReviewWorkflow,
    PrivateWorkforce,
    ReviewBuckets,
    ReviewLedger,
    ReviewRuntime,
)
from a2i_constructs.functions.function_defaults import POWERTOOLS_VERSION
from tests.constructs.review_stacks import (
    ROOT,
    feature_flags,
    new_stack,
    properties,
    tone_template,
    two_flows,
)

LAYER_ARN = "arn:aws:lambda:eu-west-1:111122223333:layer:ours:1"
OWN_FOLDERS = {
    "starter.handler.lambda_handler": "starter",
    "results.handler.lambda_handler": "results",
    "flow_definition.on_event.lambda_handler": "flow_definition",
    "flow_definition.is_complete.lambda_handler": "flow_definition",
    "reconciler.handler.lambda_handler": "reconciler",
    "review_guard.on_event.lambda_handler": "review_guard",
    "workforce_lookup.on_event.lambda_handler": "workforce_lookup",
    "sign_in.on_event.lambda_handler": "sign_in",
    "team_members.on_event.lambda_handler": "team_members",
}


def test_functions_share_one_asset_of_lambda_src_and_core(tmp_path: Path) -> None:
    app = App(context=feature_flags(), outdir=str(tmp_path))
    stack = Stack(app, "Review")
    _runtime(stack)
    template = app.synth().get_stack_by_name("Review").template
    functions = [
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource.get("Properties", {}).get("Handler") in OWN_FOLDERS
    ]
    [digest] = {function["Code"]["S3Key"].removesuffix(".zip") for function in functions}
    asset = tmp_path / f"asset.{digest}"
    in_lambda_src = {path.parent.name for path in (ROOT / "lambda_src").glob("*/__init__.py")}
    assert set(OWN_FOLDERS.values()) < in_lambda_src
    assert {entry.name for entry in asset.iterdir()} == {"a2i_core", *in_lambda_src}
    for function in functions:
        module = function["Handler"].rpartition(".")[0].replace(".", "/")
        assert (asset / f"{module}.py").is_file()
    assert {file.suffix for file in asset.rglob("*") if file.is_file()} <= {".py", ".json"}


def test_functions_are_tested_with_the_version_of_powertools_that_their_layer_holds() -> None:
    assert version("aws-lambda-powertools") == POWERTOOLS_VERSION
    major, minor, _ = POWERTOOLS_VERSION.split(".")
    assert (int(major), int(minor)) >= (3, 24), "older ones make an event loop for each batch"


def test_functions_run_on_the_newest_python_with_their_own_logs_and_role() -> None:
    functions = [
        function
        for function in properties(two_flows(), "AWS::Lambda::Function")
        if function["Handler"] in OWN_FOLDERS
    ]
    assert len(functions) == len(OWN_FOLDERS)
    for function in functions:
        assert function["Runtime"] == "python3.14"
        assert function["Architectures"] == ["arm64"]
        assert function["LoggingConfig"]["LogFormat"] == "JSON"
        [_, parts] = function["Layers"][0]["Fn::Join"]
        assert parts[-1] == ":017000801446:layer:AWSLambdaPowertoolsPythonV3-python314-arm64:36"
    assert len({json.dumps(function["Role"]) for function in functions}) == len(functions)
    assert len(
        {json.dumps(function["LoggingConfig"]["LogGroup"]) for function in functions}
    ) == len(functions)


def test_every_log_group_forgets() -> None:
    groups = properties(two_flows(), "AWS::Logs::LogGroup")
    assert {group["RetentionInDays"] for group in groups} == {90}
    functions = properties(two_flows(), "AWS::Lambda::Function")
    assert all("LogGroup" in function["LoggingConfig"] for function in functions)


def test_no_function_has_a_managed_policy() -> None:
    for role in properties(two_flows(), "AWS::IAM::Role"):
        assert "ManagedPolicyArns" not in role


def test_the_queue_hides_a_message_six_times_as_long_as_the_function_may_run() -> None:
    template = two_flows()
    [source] = properties(template, "AWS::Lambda::EventSourceMapping")
    assert source["BatchSize"] == 10
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["ScalingConfig"] == {"MaximumConcurrency": 10}
    [starter] = [
        function
        for function in properties(template, "AWS::Lambda::Function")
        if function["Handler"] == "starter.handler.lambda_handler"
    ]
    [queue] = [
        queue for queue in properties(template, "AWS::SQS::Queue") if "RedrivePolicy" in queue
    ]
    assert queue["VisibilityTimeout"] == 6 * starter["Timeout"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] * queue["VisibilityTimeout"] > 86_400


def test_queues_are_encrypted_and_refuse_plain_http() -> None:
    template = two_flows()
    queues = properties(template, "AWS::SQS::Queue")
    assert len(queues) == 3
    assert all("KmsMasterKeyId" in queue for queue in queues)
    policies = properties(template, "AWS::SQS::QueuePolicy")
    assert len(policies) == 3
    for policy in policies:
        [statement] = policy["PolicyDocument"]["Statement"]
        assert statement["Effect"] == "Deny"
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_events_that_the_results_function_fails_on_are_kept() -> None:
    template = two_flows()
    [invoke] = properties(template, "AWS::Lambda::EventInvokeConfig")
    [queue, attribute] = invoke["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"]
    assert attribute == "Arn"
    assert "FailedEvents" in queue


def test_a_role_that_is_passed_in_is_used() -> None:
    stack = Stack(App(context=feature_flags()), "Review")
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    _runtime(stack, role=role)
    starter, _ = properties(Template.from_stack(stack), "AWS::Lambda::Function")
    assert starter["Role"] == stack.resolve(role.role_arn)


@pytest.mark.parametrize("runtime_comes_first", [True, False])
def test_defaults_reach_every_function_in_whatever_order(*, runtime_comes_first: bool) -> None:
    stack = new_stack()
    layer = lambda_.LayerVersion.from_layer_version_arn(stack, "Layer", LAYER_ARN)

    def make_runtime() -> None:
        ReviewRuntime(
            stack,
            "Runtime",
            function_defaults=FunctionDefaults(
                log_retention=logs.RetentionDays.ONE_WEEK,
                log_removal_policy=RemovalPolicy.RETAIN,
                powertools_layer=layer,
                tracing=True,
            ),
        )

    if runtime_comes_first:
        make_runtime()
    workforce = PrivateWorkforce(stack, "Workforce")
    if not runtime_comes_first:
        make_runtime()
    HumanReviewWorkflow(stack, "Tone", template=tone_template(), workforce=workforce)
    template = Template.from_stack(stack)

    functions = properties(template, "AWS::Lambda::Function")
    assert {function["TracingConfig"]["Mode"] for function in functions} == {"Active"}
    ours = [function for function in functions if function["Handler"].endswith("lambda_handler")]
    assert len(ours) == len(OWN_FOLDERS) < len(functions)
    for function in ours:
        assert function["Layers"] == [LAYER_ARN]
        assert function["Environment"]["Variables"]["A2I_TRACING"] == "true"
    for group in template.find_resources("AWS::Logs::LogGroup").values():
        assert group["Properties"]["RetentionInDays"] == 7
        assert group["DeletionPolicy"] == group["UpdateReplacePolicy"] == "Retain"
    assert _roles_that_trace(template) == {
        function["Role"]["Fn::GetAtt"][0] for function in functions
    }


def test_logs_are_encrypted_with_a_key_that_lets_them() -> None:
    stack = new_stack()
    key = kms.Key(stack, "LogKey")
    ReviewRuntime(stack, "Runtime", function_defaults=FunctionDefaults(log_key=key))
    template = Template.from_stack(stack)
    arn = stack.resolve(key.key_arn)
    groups = properties(template, "AWS::Logs::LogGroup")
    assert all(group["KmsKeyId"] == arn for group in groups)
    [statements] = [
        resource["Properties"]["KeyPolicy"]["Statement"]
        for name, resource in template.find_resources("AWS::KMS::Key").items()
        if name == arn["Fn::GetAtt"][0]
    ]
    [statement] = [each for each in statements if "Service" in each["Principal"]]
    assert statement["Principal"]["Service"]["Fn::Join"][1] == [
        "logs.",
        {"Ref": "AWS::Region"},
        ".amazonaws.com",
    ]
    [(context, groups)] = statement["Condition"]["ArnLike"].items()
    assert context == "kms:EncryptionContext:aws:logs:arn"
    assert groups["Fn::Join"][1][-1].endswith(":log-group:*")


def test_fails_for_a_concurrency_that_the_event_source_does_not_take() -> None:
    with pytest.raises(ValueError, match="max_concurrency must be between 2 and 1000, got 1"):
        _runtime(Stack(), max_concurrency=1)


def test_the_repository_holds_what_the_assets_are_made_of() -> None:
    for handler in OWN_FOLDERS:
        module = handler.rpartition(".")[0].replace(".", "/")
        assert (ROOT / "lambda_src" / f"{module}.py").is_file()


def _runtime(
    stack: Stack,
    *,
    role: iam.IRole | None = None,
    max_concurrency: int = 10,
) -> None:
    key = kms.Key(stack, "Key")
    buckets = ReviewBuckets(stack, "Buckets", key=key)
    ledger = ReviewLedger(stack, "Ledger", key=key)
    HumanLoopStarter(
        stack,
        "Starter",
        buckets=buckets,
        ledger=ledger,
        role=role,
        max_concurrency=max_concurrency,
    )
    HumanLoopResults(stack, "Results", buckets=buckets, ledger=ledger)


def _roles_that_trace(template: Template) -> set[str]:
    return {
        role["Ref"]
        for policy in properties(template, "AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        for role in policy["Roles"]
        if {"xray:PutTelemetryRecords", "xray:PutTraceSegments"} <= {*statement["Action"]}
    }
