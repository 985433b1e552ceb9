"""Review workflow and stack for detected objects, built on `HumanReviewWorkflow`."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from aws_cdk import CfnOutput, Duration, IgnoreMode, RemovalPolicies, RemovalPolicy, Stack
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
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
from detector_endpoint import DetectorEndpoint, IDetectorEndpoint

IMAGES_PREFIX = "images/"
RETRAINING_PREFIX = "retraining/"
MANIFEST_KEY = f"{RETRAINING_PREFIX}reviewed.manifest"
STATEFUL = ["AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::S3::Bucket"]
SHOWN_FROM = 0.2


class ObjectDetectionReview(HumanReviewWorkflow):
    """Reviews images in which a SageMaker endpoint is sure of no object.

    Images come as objects below `images/` of the input bucket. Reviewed boxes come back as the
    base's results, and as lines of an augmented manifest below `retraining/` of the output bucket.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        workteam: IWorkteam,
        endpoint: IDetectorEndpoint,
        classes: Sequence[str],
        sure: float = 0.50,
    ) -> None:
        """Define the workflow.

        endpoint: answers in the format of the built-in object detection algorithm.
        classes: the names of the model's classes, in the model's order.
        sure: the image's best score below which a person corrects the boxes.
        """
        super().__init__(
            scope,
            construct_id,
            template=WorkerTaskTemplate.from_bundled("object_detection_review"),
            workteam=workteam,
            flow_name="object-detection",
            task_title="Correct the boxes around objects",
            task_description="Move, relabel, delete or draw boxes, starting from the model's",
            review_policy=ReviewPolicy(Confidence("bestScore").below(sure)),
        )
        self.failed = sqs.Queue(
            self, "Failed", encryption=sqs.QueueEncryption.SQS_MANAGED, enforce_ssl=True
        )
        self.detector = self._make_detector(endpoint, classes)
        self.retraining = self._make_retraining()

    @property
    def manifest_uri(self) -> str:
        """S3 URI of the augmented manifest; a token."""
        return self.runtime.buckets.output.s3_url_for_object(MANIFEST_KEY)

    def _make_detector(
        self, endpoint: IDetectorEndpoint, classes: Sequence[str]
    ) -> lambda_.Function:
        function = self._make_function(
            "Detector",
            folder="detect_objects",
            description="Asks an endpoint which objects an image shows",
            environment={
                "CLASSES": json.dumps([*classes]),
                "ENDPOINT_NAME": endpoint.endpoint_name,
                "REQUEST_QUEUE_URL": self.runtime.starter.queue.queue_url,
                "SHOWN_FROM": str(SHOWN_FROM),
            },
        )
        endpoint.grant_invoke(function)
        self.runtime.buckets.grant_read_input(function)
        self.grant_send_reviews(function)
        self.runtime.buckets.on_input_created(
            "Uploads", prefix=IMAGES_PREFIX, target=targets.LambdaFunction(function)
        )
        return function

    def _make_retraining(self) -> lambda_.Function:
        function = self._make_function(
            "Retraining",
            folder="retraining",
            description="Keeps reviewed boxes as training data",
            environment={
                "MANIFEST_BUCKET": self.runtime.buckets.output.bucket_name,
                "MANIFEST_KEY": MANIFEST_KEY,
            },
        )
        self.grant_read_results(function)
        self.runtime.buckets.grant_read_output(function, RETRAINING_PREFIX)
        self.runtime.buckets.grant_put_output(function, RETRAINING_PREFIX)
        self.on_review_finished(
            "Reviewed", target=targets.LambdaFunction(function), statuses=["Completed"]
        )
        return function

    def _make_function(
        self, construct_id: str, *, folder: str, description: str, environment: Mapping[str, str]
    ) -> lambda_.Function:
        function = lambda_.Function(
            self,
            construct_id,
            architecture=lambda_.Architecture.ARM_64,
            code=lambda_.Code.from_asset(
                str(Path(__file__).parent),
                exclude=["/*", f"!/{folder}", "__pycache__"],
                ignore_mode=IgnoreMode.GIT,
            ),
            description=description,
            environment=environment,
            handler=f"{folder}.handler.lambda_handler",
            log_group=logs.LogGroup(
                self, f"{construct_id}Logs", retention=logs.RetentionDays.ONE_MONTH
            ),
            memory_size=256,
            runtime=lambda_.Runtime.PYTHON_3_14,
            timeout=Duration.seconds(60),
        )
        function.configure_async_invoke(on_failure=destinations.SqsDestination(self.failed))
        return function


class ObjectDetectionStack(Stack):
    """The demonstration: nothing in it outlives the stack."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        classes: Sequence[str],
        endpoint_name: str | None = None,
        model_artifact: str | None = None,
        workers: Sequence[str] = (),
        workteam_arn: str | None = None,
    ) -> None:
        """Define the workflow, its reviewers and, from `model_artifact`, its endpoint.

        endpoint_name: an endpoint that exists; else `model_artifact` makes one, see
            DetectorEndpoint.
        workers: e-mail addresses of a new team in a new workforce.
        workteam_arn: a team that exists, where the account has its one workforce already.
        """
        super().__init__(scope, construct_id, description="Human review of detected objects")
        review = ObjectDetectionReview(
            self,
            "ObjectDetection",
            workteam=self._team(workers, workteam_arn),
            endpoint=self._endpoint(endpoint_name, model_artifact),
            classes=classes,
        )
        CfnOutput(self, "ManifestUri", value=review.manifest_uri)
        RemovalPolicies.of(self).destroy(apply_to_resource_types=STATEFUL)

    def _endpoint(self, endpoint_name: str | None, model_artifact: str | None) -> IDetectorEndpoint:
        if endpoint_name:
            return DetectorEndpoint.from_endpoint_name(self, endpoint_name)
        if not model_artifact:
            raise ValueError(
                "endpointName and modelArtifact are both missing: name an endpoint that exists, "
                "or the model.tar.gz to make one from, in cdk.json or with -c modelArtifact=..."
            )
        return DetectorEndpoint(self, "Model", model_artifact=model_artifact)

    def _team(self, workers: Sequence[str], workteam_arn: str | None) -> IWorkteam:
        if workteam_arn:
            return Workteam.from_workteam_arn(self, "Workteam", workteam_arn)
        workforce = PrivateWorkforce(self, "Workforce", removal_policy=RemovalPolicy.DESTROY)
        return Workteam(self, "Workteam", workforce=workforce, workers=workers)
