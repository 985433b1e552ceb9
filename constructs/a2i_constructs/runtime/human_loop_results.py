"""Lambda function that turns finished human loops into one result per review."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from a2i_constructs.backends.review_backend import ReviewBackend
from a2i_constructs.flow.flow_definition_base import STATUS_CHANGE
from a2i_constructs.functions import permissions
from a2i_constructs.functions.bundled_function import (
    CONTENT_ENVIRONMENT,
    CONTENT_MEMORY_SIZE,
    BundledFunction,
)
from a2i_constructs.functions.grants import acknowledge, grant
from a2i_constructs.functions.names import own_flow_definitions, stack_hash
from a2i_constructs.runtime.human_loop_starter import TASK_TOKENS
from a2i_constructs.runtime.review_environment import review_environment
from a2i_constructs.runtime.review_events import default_event_bus
from a2i_constructs.storage.review_buckets import REVIEWS_PREFIX, ReviewBuckets
from a2i_constructs.storage.review_ledger import ReviewLedger
from a2i_core.names import RESULTS_PREFIX

FUNCTION_TIMEOUT = Duration.seconds(60)
RETENTION = Duration.days(14)
RETRIES = 2


class HumanLoopResults(Construct):
    """The results of a stack's human loops.

    Listens to the ends of the human loops of every flow definition that the stack has or had, and
    to no other stack's. Events that the function fails on three times wait in a queue of their own.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        buckets: ReviewBuckets,
        ledger: ReviewLedger,
        event_bus: events.IEventBus | None = None,
        role: iam.IRole | None = None,
    ) -> None:
        """Define function and rule.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            buckets: Where requests and answers are, and results go.
            ledger: Table of the reviews.
            event_bus: Gets the `Human Review Finished` events. Default: the account's default bus.
            role: The function's; must trust lambda.amazonaws.com. Default: a new one.
        """
        super().__init__(scope, construct_id)
        self.buckets = buckets
        self.ledger = ledger
        self.event_bus = event_bus or default_event_bus(self)
        self.failed_events = self._make_failed_events()
        self.function = self._make_function(role).function
        self._grant_access()
        self._keep_failed_events()
        self.rule = self._make_rule()

    def grant_read_results(
        self, grantee: iam.IGrantable, flow_name: str | None = None
    ) -> iam.Grant:
        """Permit `grantee` to read reviewers' answers and the consolidated results.

        Args:
            grantee: The application.
            flow_name: The flow's name in requests. Default: of all flows.
        """
        if flow_name is None:
            return self.buckets.grant_read_output(grantee)
        return self.buckets.grant_read_output(
            grantee, f"{RESULTS_PREFIX}{flow_name}/", f"{REVIEWS_PREFIX}{flow_name}-{stack_hash()}-"
        )

    def _make_failed_events(self) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            "FailedEvents",
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self.ledger.key,
            enforce_ssl=True,
            retention_period=RETENTION,
        )
        acknowledge(
            queue,
            "SQS3",
            because="it is the dead-letter queue of the results function: nothing reads it but an "
            "operator",
        )
        return queue

    def _make_function(self, role: iam.IRole | None) -> BundledFunction:
        return BundledFunction(
            self,
            "Function",
            folder="results",
            description="Turns finished human loops into results",
            environment={
                **CONTENT_ENVIRONMENT,
                **review_environment(self, self.ledger, self.buckets, self.event_bus),
            },
            role=role,
            timeout=FUNCTION_TIMEOUT,
            no_dead_letters="events that fail three times go to the queue FailedEvents, with the "
            "error, as the destination of its asynchronous calls",
            memory_size=CONTENT_MEMORY_SIZE,
        )

    def _grant_access(self) -> None:
        self.ledger.grant_end(self.function)
        self.buckets.grant_former_keys(self.function)
        self.buckets.grant_read_requests(self.function)
        self.buckets.grant_read_output(self.function)
        self.buckets.grant_list_output(self.function)
        self.buckets.grant_put_output(self.function, RESULTS_PREFIX)
        grant(self.function, permissions.PUT_EVENTS, self.event_bus.event_bus_arn)
        grant(self.function, permissions.ANSWER_TASK, "*", because=TASK_TOKENS)
        ReviewBackend.of(self).let_read_ends(self.function)

    def _keep_failed_events(self) -> None:
        """The L2's destination would grant more of the key than sending takes."""
        lambda_.CfnEventInvokeConfig(
            self,
            "AsyncInvoke",
            function_name=self.function.function_name,
            qualifier="$LATEST",
            destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
                on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(
                    destination=self.failed_events.queue_arn
                )
            ),
            maximum_retry_attempts=RETRIES,
        )
        grant(self.function, permissions.SEND_MESSAGE, self.failed_events.queue_arn)
        self.ledger.key.grant(self.function, *permissions.ENCRYPT)

    def _make_rule(self) -> events.Rule:
        return events.Rule(
            self,
            "HumanLoopStatusChange",
            description="Human loops of this stack that completed, failed or were stopped",
            event_pattern=events.EventPattern(
                source=[*ReviewBackend.of(self).event_sources],
                detail_type=[STATUS_CHANGE],
                detail={"flowDefinitionArn": events.Match.wildcard(own_flow_definitions(self))},
            ),
            targets=[targets.LambdaFunction(self.function)],
        )
