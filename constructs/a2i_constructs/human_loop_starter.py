"""What applications send predictions to: the function that decides and starts human loops."""

import json
from collections.abc import Mapping, Sequence

from aws_cdk import Duration, Fn, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from a2i_constructs import permissions
from a2i_constructs._bundled_function import BundledFunction, BundledFunctionOptions
from a2i_constructs._checks import check_range
from a2i_constructs._names import digest, own_flow_definitions
from a2i_constructs._review_function import (
    default_event_bus,
    grant_answer_tasks,
    grant_put_events,
    review_environment,
)
from a2i_constructs.consolidation import Consolidation
from a2i_constructs.flow_definition import FlowDefinition
from a2i_constructs.review_buckets import INCOMING_PREFIX, RESULTS_PREFIX, ReviewBuckets
from a2i_constructs.review_directory import ReviewDirectory
from a2i_constructs.review_ledger import ReviewLedger
from a2i_constructs.review_policy import ReviewPolicy

FUNCTION_TIMEOUT = Duration.seconds(60)
# AWS's advice for event sources: six times the function's timeout.
QUEUE_VISIBILITY = Duration.seconds(6 * 60)
RETENTION = Duration.days(14)
BATCH_SIZE = 10
# The starter itself moves to the dead-letter queue what can never be started, or not in this time,
# which is 240 receives. More mean that it dies before it can.
LONGEST_WAIT_IN_QUEUE = Duration.days(1)
MAX_RECEIVES = 300
MAX_POLICY_LENGTH = 3_500
_FUNCTION_NAME = "StarterFunctionName"


class HumanLoopStarter(Construct):
    """The starter of a stack's human loops, with the queue in front of it.

    Requests come by direct invocation or through the queue. What cannot start now waits in the
    queue; what can never start lands in the dead-letter queue. Starting the same reviewId twice
    starts one loop.
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
        role: iam.IRole | None = None,
        function_options: BundledFunctionOptions | None = None,
    ) -> None:
        """Define function and queues.

        event_bus: gets the `Human Review Started` events. Default: the account's default bus.
        role: the function's; must trust lambda.amazonaws.com. Default: a new one.
        max_concurrency: batches of the queue that are started at once, 2 to 1000.
        """
        super().__init__(scope, construct_id)
        _check_only_starter(self)
        check_range("max_concurrency", max_concurrency, minimum=2, maximum=1000)
        self.buckets = buckets
        self.ledger = ledger
        self.key = ledger.key
        self.event_bus = event_bus or default_event_bus(self)
        self.dead_letter_queue = self._make_dead_letter_queue()
        self.queue = self._make_queue()
        self.function = self._make_function(
            role, function_options or BundledFunctionOptions()
        ).function
        self._grant_access()
        self._read_queue(max_concurrency)
        self._flows = Construct(self, "Flows")
        self._flow_revisions: dict[str, str] = {}
        self._publish()

    @property
    def flows_path(self) -> str:
        """The path of the SSM parameters that tell the function about its flows."""
        return f"/a2i/{Stack.of(self).stack_name}/flows"

    @property
    def flow_definition_arn_pattern(self) -> str:
        """The flow definitions that this stack has or had; a token."""
        return own_flow_definitions(self)

    def add_flow(
        self,
        flow_definition: FlowDefinition,
        *,
        review_policy: ReviewPolicy,
        required_inputs: Sequence[str] = (),
        consolidation: Consolidation = Consolidation.MAJORITY,
    ) -> None:
        """Make a flow known to the function.

        required_inputs: what `input` of a request must hold at its top level.
        consolidation: how the results function makes one answer of several.
        Raises ValueError for a flow of the same name, or a policy that is too long.
        """
        name = flow_definition.flow_name
        if name in self._flow_revisions:
            raise ValueError(
                f"flow {name!r} is already known to this starter: give each flow its own flow_name"
            )
        document = {
            "flow": name,
            "flowDefinitionArn": flow_definition.flow_definition_arn,
            "reviewWhen": review_policy.to_document(),
            "requiredInputs": [*required_inputs],
            "consolidation": consolidation.document,
        }
        self._register(name, document)
        self._flow_revisions[name] = _revision(flow_definition, document)
        revisions = [self._flow_revisions[known] for known in sorted(self._flow_revisions)]
        self.function.add_environment("A2I_FLOWS_REVISION", ".".join(revisions))
        self._grant_human_loops(flow_definition)

    def grant_send_reviews(self, grantee: iam.IGrantable) -> iam.Grant:
        """Send requests: invoke the function, or send to the queue.

        Requests too large for either may be put below INCOMING_PREFIX of the input bucket first.
        """
        invoke = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["lambda:InvokeFunction"],
            resource_arns=[self.function.function_arn],
        )
        send = iam.Grant.add_to_principal(
            grantee=grantee, actions=permissions.SEND_MESSAGE, resource_arns=[self.queue.queue_arn]
        )
        return (
            invoke.combine(send)
            .combine(self.key.grant(grantee, *permissions.ENCRYPT))
            .combine(self.buckets.grant_put_input(grantee, INCOMING_PREFIX))
        )

    def grant_read_flows(self, grantee: iam.IGrantable) -> iam.Grant:
        """Read which flows the starter knows."""
        path = Stack.of(self).format_arn(
            service="ssm", resource="parameter", resource_name=self.flows_path.lstrip("/")
        )
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=["ssm:GetParametersByPath"], resource_arns=[path]
        )

    def _make_dead_letter_queue(self) -> sqs.Queue:
        return sqs.Queue(
            self,
            "DeadLetterQueue",
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self.key,
            enforce_ssl=True,
            retention_period=RETENTION,
        )

    def _make_queue(self) -> sqs.Queue:
        return sqs.Queue(
            self,
            "Queue",
            dead_letter_queue=sqs.DeadLetterQueue(
                max_receive_count=MAX_RECEIVES, queue=self.dead_letter_queue
            ),
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self.key,
            enforce_ssl=True,
            retention_period=RETENTION,
            visibility_timeout=QUEUE_VISIBILITY,
        )

    def _make_function(
        self, role: iam.IRole | None, options: BundledFunctionOptions
    ) -> BundledFunction:
        return BundledFunction(
            self,
            "Function",
            folder="starter",
            description="Decides which predictions need a review and starts their human loops",
            environment={
                **review_environment(self, self.ledger, self.buckets, self.event_bus),
                "A2I_FLOWS_PATH": self.flows_path,
                "A2I_QUEUE_URL": self.queue.queue_url,
                "A2I_QUEUE_MAX_AGE_SECONDS": f"{LONGEST_WAIT_IN_QUEUE.to_seconds():g}",
                "A2I_DEAD_LETTER_QUEUE_URL": self.dead_letter_queue.queue_url,
            },
            options=options,
            role=role,
            timeout=FUNCTION_TIMEOUT,
        )

    def _grant_access(self) -> None:
        self.ledger.grant_begin(self.function)
        self.buckets.grant_keep_requests(self.function)
        self.buckets.grant_read_output(self.function, RESULTS_PREFIX)
        self._grant_queues()
        self.grant_read_flows(self.function)
        grant_put_events(self.event_bus, self.function)
        grant_answer_tasks(self.function)

    def _grant_queues(self) -> None:
        iam.Grant.add_to_principal(
            grantee=self.function,
            actions=permissions.SEND_MESSAGE,
            resource_arns=[self.queue.queue_arn, self.dead_letter_queue.queue_arn],
        )

    def _grant_human_loops(self, flow_definition: FlowDefinition) -> None:
        """Replaced definitions too, for retries of reviews that began before a change."""
        loops = flow_definition.human_loop_arn_pattern
        iam.Grant.add_to_principal(
            grantee=self.function,
            actions=permissions.START_HUMAN_LOOP,
            resource_arns=[self.flow_definition_arn_pattern, loops],
        )
        iam.Grant.add_to_principal(
            grantee=self.function, actions=permissions.DESCRIBE_HUMAN_LOOP, resource_arns=[loops]
        )

    def _read_queue(self, max_concurrency: int) -> None:
        self.function.add_event_source(
            event_sources.SqsEventSource(
                self.queue,
                batch_size=BATCH_SIZE,
                max_concurrency=max_concurrency,
                report_batch_item_failures=True,
            )
        )

    def _publish(self) -> None:
        directory = ReviewDirectory.of(self)
        for output, parameter, value, description in (
            (
                _FUNCTION_NAME,
                "starter-function-name",
                self.function.function_name,
                "Function that takes requests",
            ),
            ("QueueUrl", "queue-url", self.queue.queue_url, "Queue that takes requests"),
            (
                "DeadLetterQueueUrl",
                "dead-letter-queue-url",
                self.dead_letter_queue.queue_url,
                "Requests that could not be started",
            ),
            (
                "InputBucketName",
                "input-bucket",
                self.buckets.input.bucket_name,
                "Bucket of what is reviewed",
            ),
            (
                "OutputBucketName",
                "output-bucket",
                self.buckets.output.bucket_name,
                "Bucket of answers and results",
            ),
            (
                "LedgerTableName",
                "ledger-table",
                self.ledger.table.table_name,
                "Table of all reviews",
            ),
        ):
            directory.publish(output, parameter, value, description)

    def _register(self, flow_name: str, document: Mapping[str, object]) -> None:
        length = len(json.dumps(document))
        if length > MAX_POLICY_LENGTH:
            raise ValueError(
                f"flow {flow_name!r}: its review policy must have at most {MAX_POLICY_LENGTH} "
                f"characters as JSON, got {length}: split the flow"
            )
        parameter = ssm.StringParameter(
            self._flows,
            flow_name,
            description="What the starter knows about a flow",
            parameter_name=f"{self.flows_path}/{flow_name}",
            string_value=Stack.of(self).to_json_string(document),
        )
        self.function.node.add_dependency(parameter)


def _check_only_starter(scope: Construct) -> None:
    if ReviewDirectory.of(scope).holds(_FUNCTION_NAME):
        raise ValueError(
            f"stack {Stack.of(scope).stack_name!r} already has a starter, which serves all of its "
            "flows: pass it on as starter, and the results construct as results"
        )


def _revision(flow_definition: FlowDefinition, document: Mapping[str, object]) -> str:
    """Changes with the document, and with the deployed definition, known by its name's end."""
    static = {key: value for key, value in document.items() if key != "flowDefinitionArn"}
    parts_of_name = Fn.split("-", flow_definition.flow_definition_name)
    hyphens_in_flow_name = flow_definition.flow_name.count("-")
    definition_digest = Fn.select(hyphens_in_flow_name + 2, parts_of_name)
    return f"{digest(json.dumps(static, sort_keys=True))}-{definition_digest}"
