"""Lambda function that decides on predictions and starts human loops, with its queues."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import cast

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from a2i_constructs.backends.review_backend import ReviewBackend
from a2i_constructs.flow.consolidation import Consolidation
from a2i_constructs.flow.flow_definition import FlowDefinition
from a2i_constructs.flow.review_policy import ReviewPolicy
from a2i_constructs.functions import permissions
from a2i_constructs.functions.bundled_function import (
    CONTENT_ENVIRONMENT,
    CONTENT_MEMORY_SIZE,
    BundledFunction,
)
from a2i_constructs.functions.checks import check_at_least, check_at_most, check_range
from a2i_constructs.functions.grants import grant, grant_key
from a2i_constructs.functions.kept_resources import KEEP
from a2i_constructs.functions.names import OWN_LOOPS
from a2i_constructs.runtime.request_rule import RequestRule
from a2i_constructs.runtime.review_directory import FlowRegistry
from a2i_constructs.runtime.review_environment import review_environment
from a2i_constructs.runtime.review_events import default_event_bus
from a2i_constructs.storage.review_buckets import ReviewBuckets, incoming_prefix
from a2i_constructs.storage.review_ledger import ReviewLedger
from a2i_core.names import RESULTS_PREFIX

# The service's default for private teams is documented as 10 days and as 30.
UNSET_TASK_AVAILABILITY = Duration.days(30)
FUNCTION_TIMEOUT = Duration.seconds(60)
BATCH_SIZE = 10
DEFAULT_QUEUE_MAX_AGE = Duration.days(1)
SHORTEST_MAX_AGE = Duration.minutes(1)
# SQS counts receives up to 1,000 only, see RECEIVES_A_DAY.
LONGEST_MAX_AGE = Duration.days(3)
RETENTION = Duration.days(14)
# AWS's advice for event sources: six times the function's timeout.
VISIBILITY = Duration.seconds(6 * 60)
# The starter itself moves to the dead-letter queue what can never be started, or not in time. With
# its growing delays that is some 200 receives a day; more than these mean that it dies before.
RECEIVES_A_DAY = 300
TASK_TOKENS = (
    "the actions know no resource: the token, which only the waiting execution hands out, is the "
    "authorization"
)


class HumanLoopStarter(Construct):
    """The starter of a stack's human loops, with the queue in front of it.

    Requests come by direct invocation or through the queue. What cannot start now waits in the
    queue; what can never start lands in the dead-letter queue, but for requests whose caller waits
    for the answer. Starting the same reviewId twice starts one loop.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        buckets: ReviewBuckets,
        ledger: ReviewLedger,
        event_bus: events.IEventBus | None = None,
        max_concurrency: int = 10,
        queue_max_age: Duration = DEFAULT_QUEUE_MAX_AGE,
        role: iam.IRole | None = None,
    ) -> None:
        """Define function and queues.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            buckets: Where requests are kept.
            ledger: Table of the reviews.
            event_bus: Gets the `Human Review Started` events. Default: the account's default bus.
            max_concurrency: Batches of the queue that are started at once, 2 to 1000.
            queue_max_age: How long a request that Amazon A2I does not take waits in the queue
                before it goes to the dead-letter queue, a minute to three days. Default: a day.
            role: The function's; must trust lambda.amazonaws.com. Default: a new one.

        Raises:
            ValueError: A number or duration is outside its range.
        """
        super().__init__(scope, construct_id)
        check_range("max_concurrency", max_concurrency, minimum=2, maximum=1000)
        check_at_least("queue_max_age", queue_max_age, SHORTEST_MAX_AGE)
        check_at_most("queue_max_age", queue_max_age, LONGEST_MAX_AGE)
        self.buckets = buckets
        self.ledger = ledger
        self.key = ledger.key
        self.event_bus = event_bus or default_event_bus(self)
        self.queue_max_age = queue_max_age
        self.dead_letter_queue = self._make_queue("DeadLetterQueue")
        self.queue = self._make_queue(
            "Queue",
            dead_letter_queue=sqs.DeadLetterQueue(
                max_receive_count=RECEIVES_A_DAY * ceil(queue_max_age.to_days(integral=False)),
                queue=self.dead_letter_queue,
            ),
            visibility_timeout=VISIBILITY,
        )
        # The destroy guard denies sends in it, until the queue itself is gone.
        policy = cast("sqs.QueuePolicy", self.queue.node.find_child("Policy"))
        policy.apply_removal_policy(KEEP)
        self.request_rules: list[RequestRule] = []
        self._flows = FlowRegistry(self, "Flows")
        self.function = self._make_function(role).function
        self._grant_access()
        self._keep_failed_events()
        self.function.add_event_source(
            event_sources.SqsEventSource(
                self.queue,
                batch_size=BATCH_SIZE,
                max_concurrency=max_concurrency,
                report_batch_item_failures=True,
            )
        )

    @property
    def flows_path(self) -> str:
        """The path of the SSM parameters that tell the function about its flows."""
        return self._flows.path

    def add_flow(
        self,
        flow_definition: FlowDefinition,
        *,
        review_policy: ReviewPolicy,
        required_inputs: Sequence[str] = (),
        consolidation: Consolidation = Consolidation.MAJORITY,
    ) -> None:
        """Make a flow known to the function.

        Args:
            flow_definition: Where the flow's human loops start.
            review_policy: Which of its predictions need a person.
            required_inputs: What `input` of a request must hold at its top level.
            consolidation: How the results function makes one answer of several.

        Raises:
            ValueError: There is a flow of the same name, the policy is too long, or reviews can
                last for longer than the buckets keep their requests.
        """
        self._check_retention(flow_definition)
        document = {
            "flow": flow_definition.flow_name,
            "flowDefinitionArn": flow_definition.flow_definition_arn,
            "reviewWhen": review_policy.to_document(),
            "requiredInputs": [*required_inputs],
            "consolidation": consolidation.document,
        }
        self.function.node.add_dependency(self._flows.add(flow_definition, document))
        self.function.add_environment("A2I_FLOWS_REVISION", self._flows.revision)
        loops = flow_definition.human_loop_arn_pattern
        ReviewBackend.of(self).let_describe(self.function, loops, OWN_LOOPS)

    def longest_review(self, flow_definition: FlowDefinition) -> Duration | None:
        """Return the longest time from a request of `flow_definition` to its review's end.

        None where a duration is a token.
        """
        availability = flow_definition.task.task_availability or UNSET_TASK_AVAILABILITY
        time_limit = flow_definition.task.task_time_limit
        if availability.is_unresolved() or time_limit.is_unresolved():
            return None
        return self.queue_max_age.plus(availability).plus(time_limit)

    def _check_retention(self, flow_definition: FlowDefinition) -> None:
        retention, longest = self.buckets.answer_retention, self.longest_review(flow_definition)
        if retention is None or longest is None or retention.is_unresolved():
            return
        if retention.to_seconds() < longest.to_seconds():
            days = ceil(longest.to_days(integral=False))
            raise ValueError(
                f"answer_retention must be at least {days} days for flow "
                f"{flow_definition.flow_name!r}, got {retention.to_days(integral=False):g}: a "
                "review can last for queue_max_age, task_availability and task_time_limit "
                "together, and needs its kept request until then"
            )

    def start_on_event(
        self,
        construct_id: str,
        *,
        event_pattern: events.EventPattern,
        event_bus: events.IEventBus | None = None,
        request: Mapping[str, str] | None = None,
    ) -> events.Rule:
        """Start a review for each event that matches; its content lies in S3, below `requests/`.

        A key that is passed in must let events.amazonaws.com use it: see docs/extending.md.

        Args:
            construct_id: Name of the rule.
            event_pattern: Pattern of the events; must name their sources, and never the library's
                own, `a2i.review`.
            event_bus: Where the events come from. Default: the bus that `Human Review Started` goes
                to.
            request: `reviewId`, `requestUri` and perhaps `flow`, made of fields of the event by
                `EventField.from_path`. Default: the event's detail is these three and nothing else.

        Raises:
            ValueError: The pattern names no source, or the library's own, or `request` has other
                fields.
        """
        request_rule = RequestRule(
            self,
            construct_id,
            event_pattern=event_pattern,
            event_bus=event_bus or self.event_bus,
            request=request,
            queue=self.queue,
            dead_letter_queue=self.dead_letter_queue,
            key=self.key,
        )
        self.request_rules.append(request_rule)
        return request_rule.rule

    def grant_send_reviews(
        self, grantee: iam.IGrantable, *, sender: str | None = None
    ) -> iam.Grant:
        """Send requests of any flow: invoke the function, or send to the queue.

        IAM knows no condition on what a payload or a message says: applications that must not use
        each other's flows belong into stacks of their own.

        Args:
            grantee: The application.
            sender: Name of the application, 1 to 40 lower case letters, digits and inner hyphens.
                It may put requests that are too large for either way below
                `incoming_prefix(sender)` of the input bucket, where no other sender may. Default:
                it may put none.
        """
        invoke = grant(grantee, permissions.INVOKE_FUNCTION, self.function.function_arn)
        send = grant(grantee, permissions.SEND_MESSAGE, self.queue.queue_arn)
        key = grant_key(grantee, permissions.ENCRYPT, [self.key], via=["sqs"])
        granted = invoke.combine(send).combine(key)
        if sender is None:
            return granted
        return granted.combine(self.buckets.grant_put_input(grantee, incoming_prefix(sender)))

    def grant_read_flows(self, grantee: iam.IGrantable) -> iam.Grant:
        """Permit `grantee` to read which flows the starter knows."""
        path = Stack.of(self).format_arn(
            service="ssm", resource="parameter", resource_name=self.flows_path.lstrip("/")
        )
        return grant(grantee, permissions.READ_PARAMETERS, path)

    def _make_queue(
        self,
        construct_id: str,
        *,
        dead_letter_queue: sqs.DeadLetterQueue | None = None,
        visibility_timeout: Duration | None = None,
    ) -> sqs.Queue:
        return sqs.Queue(
            self,
            construct_id,
            dead_letter_queue=dead_letter_queue,
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self.key,
            enforce_ssl=True,
            retention_period=RETENTION,
            visibility_timeout=visibility_timeout,
        )

    def _make_function(self, role: iam.IRole | None) -> BundledFunction:
        return BundledFunction(
            self,
            "Function",
            folder="starter",
            description="Decides which predictions need a review and starts their human loops",
            environment={
                **CONTENT_ENVIRONMENT,
                **review_environment(self, self.ledger, self.buckets, self.event_bus),
                "A2I_FLOWS_PATH": self.flows_path,
                "A2I_QUEUE_URL": self.queue.queue_url,
                "A2I_QUEUE_MAX_AGE_SECONDS": f"{self.queue_max_age.to_seconds():g}",
                "A2I_DEAD_LETTER_QUEUE_URL": self.dead_letter_queue.queue_url,
            },
            role=role,
            timeout=FUNCTION_TIMEOUT,
            memory_size=CONTENT_MEMORY_SIZE,
        )

    def _keep_failed_events(self) -> None:
        """Keep asynchronous requests that fail, where queued ones are.

        Not by an on-failure destination: that gets an envelope, and a redrive would send it to the
        function as the request. The L2's prop would add its grant to ours.
        """
        resource = cast("lambda_.CfnFunction", self.function.node.default_child)
        resource.dead_letter_config = lambda_.CfnFunction.DeadLetterConfigProperty(
            target_arn=self.dead_letter_queue.queue_arn
        )

    def _grant_access(self) -> None:
        self.ledger.grant_begin(self.function)
        self.key.grant(self.function, *permissions.ENCRYPT)  # of the queues
        self.buckets.grant_former_keys(self.function)
        self.buckets.grant_keep_requests(self.function)
        self.buckets.grant_read_output(self.function, RESULTS_PREFIX)
        self.grant_read_flows(self.function)
        ReviewBackend.of(self).let_start(self.function)
        grant(self.function, permissions.PUT_EVENTS, self.event_bus.event_bus_arn)
        grant(self.function, permissions.ANSWER_TASK, "*", because=TASK_TOKENS)
        queues = (self.queue.queue_arn, self.dead_letter_queue.queue_arn)
        grant(self.function, permissions.SEND_MESSAGE, *queues)
