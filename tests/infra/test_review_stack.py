"""The stack as cdk.json describes it: stable, without secrets, and without findings."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from aws_cdk import App
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template
from constructs import IConstruct

from infra.review_app import define_stack
from infra.settings import SettingsError
from tests.infra.synthesis import ROOT, cloud_assembly, context, resources, template

pytestmark = pytest.mark.xdist_group("cloud assembly")

# A changed logical id replaces the resource, and with it what it holds.
STATEFUL = {
    "AWS::Cognito::UserPool": ["WorkforceUserPool861D9C0F"],
    "AWS::Cognito::UserPoolClient": ["WorkforceClientC57D6996"],
    "AWS::Cognito::UserPoolDomain": ["WorkforceDomainBC4CF9C0"],
    "AWS::DynamoDB::Table": ["ReviewRuntimeLedgerTable3A74AACE"],
    "AWS::KMS::Key": ["ReviewRuntimeKey4CC220B7"],
    "AWS::S3::Bucket": [
        "ReviewRuntimeBucketsAccessLogs66E27919",
        "ReviewRuntimeBucketsInput2C6ED9E4",
        "ReviewRuntimeBucketsOutput5E1EFBA6",
    ],
    "AWS::SQS::Queue": [
        "ReviewRuntimeResultsFailedEvents135374B1",
        "ReviewRuntimeStarterDeadLetterQueue5EFC6A76",
        "ReviewRuntimeStarterQueue88D1D004",
    ],
    "AWS::SageMaker::Workforce": ["Workforce574A26FE"],
    "AWS::SageMaker::Workteam": ["WorkteamBAC3ABC3"],
    "Custom::A2IFlowDefinition": ["FlowssentimentFlowDefinition4F7A141D"],
}


def test_stateful_resources_keep_their_logical_ids() -> None:
    assert {kind: sorted(resources(kind)) for kind in STATEFUL} == STATEFUL


def test_outputs_are_what_programs_look_for() -> None:
    assert set(template()["Outputs"]) == {
        "DeadLetterQueueUrl",
        "EventBusName",
        "InputBucketName",
        "LedgerTableName",
        "OutputBucketName",
        "PortalUrl",
        "QueueUrl",
        "ReconcilerFunctionName",
        "SentimentFlowDefinitionArn",
        "StarterFunctionName",
    }


def test_no_template_holds_a_secret() -> None:
    text = json.dumps(template())
    for word in ('"ClientSecret"', '"TemporaryPassword"', '"SecretString"', "{{resolve:"):
        assert word not in text, word


def test_the_ledger_is_found_by_loop_and_by_open_flow() -> None:
    [ledger] = resources("AWS::DynamoDB::Table").values()
    properties = ledger["Properties"]
    assert properties["KeySchema"] == [{"AttributeName": "humanLoopName", "KeyType": "HASH"}]
    [index] = properties["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "OpenReviews"
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["openFlow", "startedAt"]
    assert index["Projection"] == {"ProjectionType": "ALL"}
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "expiresAt", "Enabled": True}
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert ledger["DeletionPolicy"] == "RetainExceptOnCreate"


def test_results_are_collected_from_this_stacks_definitions_alone() -> None:
    [rule] = [
        rule
        for rule in resources("AWS::Events::Rule").values()
        if "EventPattern" in rule["Properties"]
    ]
    [matcher] = rule["Properties"]["EventPattern"]["detail"]["flowDefinitionArn"]
    [_, parts] = matcher["wildcard"]["Fn::Join"]
    assert parts[-3].endswith(":flow-definition/*-")
    assert parts[-1] == "-*"


@pytest.mark.process
def test_cfn_lint_finds_nothing() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), *cloud_assembly().glob("*.template.json")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout + done.stderr == ""
    assert done.returncode == 0


def test_cdk_nag_finds_nothing_that_is_not_acknowledged() -> None:
    assert _findings(cloud_assembly()) == set()


def test_cdk_nag_stops_what_is_not_acknowledged(tmp_path: Path) -> None:
    app = App(context=context(), outdir=str(tmp_path))
    s3.Bucket(define_stack(app), "Careless")
    with pytest.raises(RuntimeError, match=r"AwsSolutions-S10"):
        app.synth()


def test_every_acknowledgement_answers_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acknowledged: set[tuple[str, str]] = set()

    def note(construct: IConstruct, *findings: str, because: str) -> None:
        assert because
        acknowledged.update(
            (construct.node.path, f"AwsSolutions-{finding}") for finding in findings
        )

    for module in list(sys.modules):
        if module.startswith("a2i_constructs."):
            monkeypatch.setattr(f"{module}.acknowledge", note, raising=False)
    app = App(context=context(), outdir=str(tmp_path))
    define_stack(app)
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    found = {(path.removesuffix("/DefaultPolicy"), rule) for path, rule in _findings(tmp_path)}
    assert acknowledged == found


def _findings(assembly: Path) -> set[tuple[str, str]]:
    report = json.loads((assembly / "validation-report.json").read_text())
    return {
        (construct["constructPath"].removesuffix("/Resource"), violation["ruleName"])
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
        if not violation["ruleName"].startswith("Annotation::")
    }


def test_the_platforms_own_validation_is_on_as_errors() -> None:
    assert context()["@aws-cdk/core:validateAgainstDefaultRules"] is True


def test_a_team_that_exists_replaces_pool_and_workforce() -> None:
    arn = "arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/reviewers"
    app = App(context=context(workforce={"mode": "workteam", "workteamArn": arn}))
    found = Template.from_stack(define_stack(app))
    found.resource_count_is("AWS::Cognito::UserPool", 0)
    found.resource_count_is("AWS::SageMaker::Workforce", 0)
    found.has_resource_properties(
        "Custom::A2IFlowDefinition", {"HumanLoopConfig": {"WorkteamArn": arn}}
    )
    assert "PortalUrl" not in found.to_json()["Outputs"]


def test_data_settings_reach_buckets_ledger_and_functions() -> None:
    key = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f"
    app = App(
        context=context(
            data={"removalPolicy": "destroy", "kmsKeyArn": key, "answerRetentionDays": 30}
        )
    )
    found = Template.from_stack(define_stack(app))
    found.resource_count_is("AWS::KMS::Key", 0)
    [ledger] = found.find_resources("AWS::DynamoDB::Table").values()
    assert ledger["DeletionPolicy"] == "Delete"
    assert ledger["Properties"]["SSESpecification"]["KMSMasterKeyId"] == key
    retentions = [
        function["Properties"]["Environment"]["Variables"].get("A2I_LEDGER_RETENTION_DAYS")
        for function in found.find_resources("AWS::Lambda::Function").values()
        if "A2I_OUTPUT_BUCKET" in function["Properties"]["Environment"]["Variables"]
    ]
    assert retentions == ["30", "30"]


def test_what_the_settings_add_has_no_findings_and_reaches_the_functions(tmp_path: Path) -> None:
    settings = context(
        requests={"eventSources": ["shop.orders"], "queueMaxAge": "PT36H"},
        events={"bus": "own"},
        monitoring={"tracing": True},
    )
    app = App(context=settings, outdir=str(tmp_path))
    found = Template.from_stack(define_stack(app))
    app.synth()  # fails on findings of cdk-nag
    traced = [
        function["Properties"]["Environment"]["Variables"]
        for function in found.find_resources("AWS::Lambda::Function").values()
        if function["Properties"].get("TracingConfig") == {"Mode": "Active"}
    ]
    assert "sign_in" in {each.get("POWERTOOLS_SERVICE_NAME") for each in traced}
    ages = [each.get("A2I_QUEUE_MAX_AGE_SECONDS") for each in traced]
    assert ages.count("129600") == 2  # starter and reconciler
    [bus] = found.find_resources("AWS::Events::EventBus")
    buses = [each["A2I_EVENT_BUS_NAME"] for each in traced if "A2I_EVENT_BUS_NAME" in each]
    assert buses == [{"Ref": bus}, {"Ref": bus}]  # starter and results function
    [requests] = [
        rule["Properties"]
        for rule in found.find_resources("AWS::Events::Rule").values()
        if rule["Properties"].get("EventPattern", {}).get("source") == ["shop.orders"]
    ]
    assert requests["EventBusName"] == "default"  # others do not write to the stack's own
    [rule] = found.find_resources(
        "AWS::Events::Rule",
        {
            "Properties": {
                "EventPattern": {
                    "source": ["shop.orders"],
                    "detail-type": ["Human Review Requested"],
                }
            }
        },
    ).values()
    found.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {
            "MetricName": "InvocationsFailedToBeSentToDlq",
            "Dimensions": [{"Name": "RuleName", "Value": rule["Properties"]["Name"]}],
        },
    )


@pytest.mark.parametrize(
    ("requests", "message"),
    [
        ({"eventSources": ["a2i.review"]}, "a2i.requests: .* must not have source 'a2i.review'"),
        ({"queueMaxAge": "PT59S"}, "a2i.requests.queueMaxAge: must be at least PT60S, got PT59S"),
        ({"queueMaxAge": "P4D"}, "a2i.requests.queueMaxAge: must be at most P3D, got P4D"),
    ],
)
def test_fails_for_requests_that_cannot_work(requests: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        define_stack(App(context=context(requests=requests)))


def test_a_refusal_of_the_library_names_keys_of_cdk_json() -> None:
    with pytest.raises(SettingsError) as refused:
        define_stack(App(context=context(data={"answerRetentionDays": 3})))
    said = str(refused.value)
    assert "a2i.data.answerRetentionDays must be at least" in said
    assert "for a2i.requests.queueMaxAge, taskAvailability and taskTimeLimit together" in said
    assert "_" not in said


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"flows__0__maxDeclines": 3},
            "a2i.flows.0: flow 'sentiment': maxDeclines needs human loops in the account, got "
            "backend 'a2i': A2I has nothing like it; leave it out, or set the backend to 'account'",
        ),
        (
            {"flows__0__reviewTitle": "{{ headline }}"},
            "flow 'sentiment': reviewTitle cannot be '{{ headline }}': nothing defines 'headline'",
        ),
        (
            {"flows__0__maxTimeExtensions": 3},
            "maxTimeExtensions needs a timeExtension, got 3 and none",
        ),
        (
            {"flows__0__answerGracePeriod": "PT1H"},
            "a2i.flows.0.answerGracePeriod: must be at most PT.*, got PT1H",
        ),
        (
            {"monitoring__digestTopicArn": "arn:aws:sns:eu-west-1:111122223333:reviewers"},
            "a2i.monitoring.digestTopicArn: WaitingDigest needs human loops in the account, got",
        ),
    ],
)
def test_fails_for_what_reviewers_may_not_do_in_a2i(
    settings: dict[str, object], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        define_stack(App(context=context(**settings)))


def test_reviews_are_reconciled_every_quarter_of_an_hour() -> None:
    [schedule] = [
        rule["Properties"]["ScheduleExpression"]
        for rule in resources("AWS::Events::Rule").values()
        if "ScheduleExpression" in rule["Properties"]
    ]
    assert schedule == "rate(15 minutes)"


def test_the_guard_goes_before_everything_else_that_is_destroyed() -> None:
    [(guard, resource)] = resources("Custom::A2IDestroyGuard").items()
    others = {
        name
        for name, other in template()["Resources"].items()
        if not other["Metadata"]["aws:cdk:path"].startswith("HumanReview/ReviewRuntime/Guard/")
        and other["Type"] != "AWS::CDK::Metadata"
    }
    assert others <= set(resource["DependsOn"])
    assert not [name for name in others if guard in json.dumps(template()["Resources"][name])]


def test_the_update_guard_goes_before_what_pending_reviews_need() -> None:
    [guard] = resources("Custom::A2IUpdateGuard")
    [flow] = resources("Custom::A2IFlowDefinition").values()
    assert guard in flow["DependsOn"]
    [role_policy] = [
        policy
        for policy in resources("AWS::IAM::Policy").values()
        if "FlowRole" in json.dumps(policy["Properties"]["Roles"])
    ]
    assert guard in role_policy["DependsOn"]
