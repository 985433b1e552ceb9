"""The functions that the library ships: assets, limits, logs, queues."""

import json
from pathlib import Path

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk.assertions import Template

from a2i_constructs import (
    BundledFunctionOptions,
    HumanLoopResults,
    HumanLoopStarter,
    ReviewBuckets,
    ReviewLedger,
)
from tests.constructs.review_stacks import ROOT, feature_flags, properties, two_flows

OWN_FOLDERS = {
    "starter.handler.lambda_handler": "starter",
    "results.handler.lambda_handler": "results",
    "flow_definition.on_event.lambda_handler": "flow_definition",
    "flow_definition.is_complete.lambda_handler": "flow_definition",
    "reconciler.handler.lambda_handler": "reconciler",
    "destroy_guard.on_event.lambda_handler": "destroy_guard",
    "workforce_lookup.on_event.lambda_handler": "workforce_lookup",
    "sign_in.on_event.lambda_handler": "sign_in",
    "invitation.handler.lambda_handler": "invitation",
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
    assert {entry.name for entry in asset.iterdir()} == {
        "a2i_core",
        "a2i_shared",
        *OWN_FOLDERS.values(),
        "workteam",
    }
    for function in functions:
        module = function["Handler"].rpartition(".")[0].replace(".", "/")
        assert (asset / f"{module}.py").is_file()
    assert {file.suffix for file in asset.rglob("*") if file.is_file()} <= {".py", ".json"}


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
        assert parts[-1].startswith(
            ":017000801446:layer:AWSLambdaPowertoolsPythonV3-python314-arm64:"
        )
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


def test_layer_retention_and_role_can_be_set() -> None:
    stack = Stack(App(context=feature_flags()), "Review")
    layer = lambda_.LayerVersion.from_layer_version_arn(
        stack, "Layer", "arn:aws:lambda:eu-west-1:111122223333:layer:ours:1"
    )
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    _runtime(
        stack,
        role=role,
        function_options=BundledFunctionOptions(
            log_retention=logs.RetentionDays.ONE_WEEK, powertools_layer=layer
        ),
    )
    template = Template.from_stack(stack)
    starter, results = properties(template, "AWS::Lambda::Function")
    assert starter["Layers"] == results["Layers"] == [layer.layer_version_arn]
    assert starter["Role"] == stack.resolve(role.role_arn)
    assert {group["RetentionInDays"] for group in properties(template, "AWS::Logs::LogGroup")} == {
        7
    }


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
    function_options: BundledFunctionOptions | None = None,
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
        function_options=function_options,
    )
    HumanLoopResults(
        stack, "Results", buckets=buckets, ledger=ledger, function_options=function_options
    )
