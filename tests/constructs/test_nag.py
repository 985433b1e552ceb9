"""An application under cdk-nag answers for its own resources, the library for its constructs."""

import json
from pathlib import Path

import pytest
from aws_cdk import App, Stack, Validations
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from cdk_nag import (
    AwsSolutionsChecks,
    HIPAASecurityChecks,
    NIST80053R5Checks,
    PCIDSS321Checks,
)

from a2i_constructs import (
    HumanReviewWorkflow,
    ReviewerNotification,
    ReviewMonitoring,
)
from a2i_constructs.step_functions import BulkReview, StartHumanReview
from tests.constructs.review_stacks import feature_flags, tone_template


def application(folder: Path) -> tuple[App, Stack]:
    """An app of somebody's own, with every part that a workflow does not bring along."""
    app = App(context=feature_flags(), outdir=str(folder))
    stack = Stack(app, "Claims")
    workflow = HumanReviewWorkflow(stack, "Tone", template=tone_template())
    starter = workflow.runtime.starter
    topic = sns.Topic(stack, "Topic", enforce_ssl=True)
    ReviewMonitoring(stack, "Monitoring", workflows=[workflow], alarm_topic=topic)
    ReviewerNotification(stack, "Notification", event_bus=workflow.runtime.event_bus, topic=topic)
    ask = StartHumanReview(
        stack,
        "Ask",
        starter=starter,
        flow_definition=workflow.flow_definition,
        review_id=sfn.JsonPath.string_at("$.id"),
        task_input=sfn.JsonPath.object_at("$.input"),
    )
    sfn.StateMachine(stack, "Claim", definition_body=sfn.DefinitionBody.from_chainable(ask))
    BulkReview(stack, "Bulk", starter=starter)
    return app, stack


def findings(app: App, folder: Path) -> set[tuple[str, str]]:
    """Rule and place of what the rules found and nobody acknowledged."""
    packs = (AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks)
    Validations.of(app).add_plugins(*(pack(app) for pack in packs))
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    report = json.loads((folder / "validation-report.json").read_text())
    return {
        (violation["ruleName"].split("[")[0], construct["constructPath"].split("/")[1])
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    }


def test_what_is_left_is_the_applications_own(tmp_path: Path) -> None:
    app, stack = application(tmp_path)
    s3.Bucket(stack, "Careless")
    assert {place for _, place in findings(app, tmp_path)} == {"Careless", "Claim", "Topic"}
