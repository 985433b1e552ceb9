"""Review workflow and stack for Comprehend's sentiments, built on `HumanReviewWorkflow`."""

from collections.abc import Sequence
from pathlib import Path

from aws_cdk import CfnOutput, Duration, IgnoreMode, RemovalPolicies, RemovalPolicy, Stack
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from a2i_constructs import (
    Confidence,
    HumanReviewWorkflow,
    IWorkteam,
    PrivateWorkforce,
    ReviewPolicy,
    WorkerTaskTemplate,
    Workteam,
)

TEXTS_PREFIX = "texts/"
STATEFUL = ["AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::S3::Bucket"]
TIMEOUT = Duration.seconds(30)


class SentimentReview(HumanReviewWorkflow):
    """Reviews the sentiments that Amazon Comprehend is not sure of.

    Texts come as messages of the queue `texts` or as objects below `texts/` of the input bucket.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, workteam: IWorkteam, sure: float = 0.99
    ) -> None:
        """Define the workflow.

        sure: the score of the winning sentiment below which a person decides.
        """
        super().__init__(
            scope,
            construct_id,
            template=WorkerTaskTemplate.from_bundled("sentiment_review"),
            workteam=workteam,
            flow_name="sentiment",
            task_title="Check the sentiment of a text",
            task_description="Confirm or correct the sentiment that the model found",
            review_policy=ReviewPolicy(Confidence("max(values(SentimentScore))").below(sure)),
        )
        self.texts = self._make_texts()
        self.detector = self._make_detector()
        self.runtime.buckets.on_input_created(
            "Uploads", prefix=TEXTS_PREFIX, target=targets.SqsQueue(self.texts)
        )

    def _make_texts(self) -> sqs.Queue:
        failed = sqs.Queue(
            self, "FailedTexts", encryption=sqs.QueueEncryption.SQS_MANAGED, enforce_ssl=True
        )
        return sqs.Queue(
            self,
            "Texts",
            dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=3, queue=failed),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            visibility_timeout=Duration.seconds(6 * TIMEOUT.to_seconds()),
        )

    def _make_detector(self) -> lambda_.Function:
        function = lambda_.Function(
            self,
            "Detector",
            architecture=lambda_.Architecture.ARM_64,
            code=lambda_.Code.from_asset(
                str(Path(__file__).parent),
                exclude=["/*", "!/detect_sentiment", "__pycache__"],
                ignore_mode=IgnoreMode.GIT,
            ),
            description="Asks Comprehend for the sentiment of texts",
            environment={"REQUEST_QUEUE_URL": self.runtime.starter.queue.queue_url},
            handler="detect_sentiment.handler.lambda_handler",
            log_group=logs.LogGroup(self, "DetectorLogs", retention=logs.RetentionDays.ONE_MONTH),
            runtime=lambda_.Runtime.PYTHON_3_14,
            timeout=TIMEOUT,
        )
        # Comprehend's detections know no resource that they could be restricted to.
        may_detect = iam.PolicyStatement(actions=["comprehend:DetectSentiment"], resources=["*"])
        function.add_to_role_policy(may_detect)
        self.runtime.buckets.grant_read_input(function)
        self.grant_send_reviews(function)
        # One text at a time: one that fails comes again alone.
        function.add_event_source(event_sources.SqsEventSource(self.texts, batch_size=1))
        return function


class SentimentStack(Stack):
    """The demonstration: nothing in it outlives the stack."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        workers: Sequence[str] = (),
        workteam_arn: str | None = None,
    ) -> None:
        """Define the workflow and its reviewers.

        workers: e-mail addresses of a new team in a new workforce.
        workteam_arn: a team that exists, where the account has its one workforce already.
        """
        super().__init__(scope, construct_id, description="Human review of Comprehend sentiments")
        review = SentimentReview(self, "Sentiment", workteam=self._team(workers, workteam_arn))
        CfnOutput(self, "TextsQueueUrl", value=review.texts.queue_url)
        RemovalPolicies.of(self).destroy(apply_to_resource_types=STATEFUL)

    def _team(self, workers: Sequence[str], workteam_arn: str | None) -> IWorkteam:
        if workteam_arn:
            return Workteam.from_workteam_arn(self, "Workteam", workteam_arn)
        workforce = PrivateWorkforce(self, "Workforce", removal_policy=RemovalPolicy.DESTROY)
        return Workteam(self, "Workteam", workforce=workforce, workers=workers)
