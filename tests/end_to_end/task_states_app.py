"""The project's stack with what a team may put beside it: `python -m` this, as an app."""

import json
from pathlib import Path
from typing import cast

from aws_cdk import App, CfnOutput, Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from a2i_constructs import (
    HumanReviewWorkflow,
    ReviewerNotification,
)
from a2i_constructs.step_functions import BulkReview, StartHumanReview
from a2i_constructs.storage.review_buckets import INCOMING_PREFIX
from infra.review_stack import ReviewStack
from infra.settings_source import read_settings

CDK_JSON = Path(__file__).parents[2] / "cdk.json"
# The local AWS gives each concurrent function some 40 MB.
BULK_CONCURRENCY = 8
IMPATIENCE = Duration.seconds(3)
UPLOADS_PREFIX = f"{INCOMING_PREFIX}uploads/"
MOST_OFTEN = "rate(1 minute)"


class Machines(Construct):
    """Two ways to wait for a review, and a bulk job."""

    def __init__(
        self, scope: Construct, construct_id: str, *, workflow: HumanReviewWorkflow
    ) -> None:
        """Define the state machines."""
        super().__init__(scope, construct_id)
        self._define("Patient", self._patient(workflow))
        self._define("Impatient", self._impatient(workflow))
        bulk = BulkReview(
            self,
            "Bulk",
            starter=workflow.runtime.starter,
            max_concurrency=BULK_CONCURRENCY,
            tolerated_failure_percentage=1,
        )
        self._publish("BulkStateMachineArn", bulk.state_machine)

    def _patient(self, workflow: HumanReviewWorkflow) -> sfn.IChainable:
        """JSONPath; errors end the execution."""
        return StartHumanReview(
            self,
            "Wait for a person",
            starter=workflow.runtime.starter,
            flow_definition=workflow.flow_definition,
            review_id=sfn.JsonPath.string_at("$.order"),
            task_input=sfn.JsonPath.object_at("$.page"),
            prediction=sfn.JsonPath.object_at("$.prediction"),
            result_path="$.review",
        )

    def _impatient(self, workflow: HumanReviewWorkflow) -> sfn.IChainable:
        """JSONata; what brings no answer is caught."""
        state = StartHumanReview(
            self,
            "Wait for a moment",
            starter=workflow.runtime.starter,
            flow_definition=workflow.flow_definition,
            review_id="{% $states.input.order %}",
            task_input={"taskObject": "{% $states.input.text %}", "initialValue": "Positive"},
            query_language=sfn.QueryLanguage.JSONATA,
            timeout=IMPATIENCE,
        )
        caught = sfn.Fail(self, "Nobody answered", error="NobodyAnswered")
        state.add_catch(caught, errors=["States.Timeout", *StartHumanReview.WITHOUT_ANSWER])
        return state

    def _define(self, name: str, state: sfn.IChainable) -> None:
        body = sfn.DefinitionBody.from_chainable(state)
        machine = sfn.StateMachine(self, name, definition_body=body)
        self._publish(f"{name}StateMachineArn", machine)

    def _publish(self, name: str, machine: sfn.StateMachine) -> None:
        CfnOutput(self, f"{name}Output", value=machine.state_machine_arn).override_logical_id(name)


def notify_reviewers(stack: ReviewStack) -> None:
    """Tell a topic of each review that begins."""
    topic = sns.Topic(stack, "Reviewers")
    ReviewerNotification(stack, "Notification", event_bus=stack.runtime.event_bus, topic=topic)
    CfnOutput(stack, "ReviewersTopicArn", value=topic.topic_arn)


def start_on_upload(stack: ReviewStack) -> None:
    """Take each request that is handed in as one to start, under its key as reviewId."""
    stack.runtime.buckets.send_input_events()
    bucket = stack.runtime.buckets.input
    key = events.EventField.from_path("$.detail.object.key")
    stack.runtime.starter.start_on_event(
        "Uploads",
        event_pattern=events.EventPattern(
            source=["aws.s3"],
            detail_type=["Object Created"],
            detail={
                "bucket": {"name": [bucket.bucket_name]},
                "object": {"key": [{"prefix": UPLOADS_PREFIX}]},
            },
        ),
        request={"reviewId": key, "requestUri": bucket.s3_url_for_object(key)},
    )


def reconcile_often(stack: ReviewStack) -> None:
    """Let the schedule fire as often as EventBridge can."""
    rule = stack.runtime.reconciler.rule.node.default_child
    cast("events.CfnRule", rule).schedule_expression = MOST_OFTEN


def main() -> None:
    """Synthesise the stack with the context of cdk.json."""
    app = App(context=json.loads(CDK_JSON.read_text(encoding="utf-8"))["context"])
    settings = read_settings(app.node.get_all_context())
    stack = ReviewStack(app, settings.stack_name, settings=settings)
    Machines(stack, "Machines", workflow=stack.workflows["sentiment"])
    notify_reviewers(stack)
    start_on_upload(stack)
    reconcile_often(stack)
    app.synth()


if __name__ == "__main__":
    main()
