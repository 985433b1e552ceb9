"""What applications send predictions to: the function that decides and starts human loops."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda_event_sources as event_sources
from constructs import Construct

from a2i_constructs.flow.consolidation import Consolidation
from a2i_constructs.flow.flow_definition import FlowDefinition
from a2i_constructs.flow.review_policy import ReviewPolicy
from a2i_constructs.functions import permissions
from a2i_constructs.functions.bundled_function import BundledFunction, BundledFunctionOptions
from a2i_constructs.functions.checks import check_range
from a2i_constructs.functions.names import own_flow_definitions
from a2i_constructs.runtime.flow_registry import FlowRegistry
from a2i_constructs.runtime.request_rule import RequestRule
from a2i_constructs.runtime.review_directory import ReviewDirectory
from a2i_constructs.runtime.review_function import (
    default_event_bus,
    grant_answer_tasks,
    grant_put_events,
    review_environment,
)
from a2i_constructs.runtime.starter_outputs import FUNCTION_NAME, publish_starter
from a2i_constructs.runtime.starter_queues import check_max_age, make_dead_letter_queue, make_queue
from a2i_constructs.storage.former_keys import former_keys_statement
from a2i_constructs.storage.review_buckets import INCOMING_PREFIX, RESULTS_PREFIX, ReviewBuckets
from a2i_constructs.storage.review_ledger import ReviewLedger

FUNCTION_TIMEOUT = Duration.seconds(60)
BATCH_SIZE = 10
DEFAULT_QUEUE_MAX_AGE = Duration.days(1)


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
        queue_max_age: Duration = DEFAULT_QUEUE_MAX_AGE,
        role: iam.IRole | None = None,
        function_options: BundledFunctionOptions | None = None,
    ) -> None:
        """Define function and queues.

        event_bus: gets the `Human Review Started` events. Default: the account's default bus.
        role: the function's; must trust lambda.amazonaws.com. Default: a new one.
        max_concurrency: batches of the queue that are started at once, 2 to 1000.
        queue_max_age: how long a request that Amazon A2I does not take waits in the queue before it
            goes to the dead-letter queue, a minute to three days.
        """
        super().__init__(scope, construct_id)
        _check_only_starter(self)
        check_range("max_concurrency", max_concurrency, minimum=2, maximum=1000)
        check_max_age(queue_max_age)
        self.buckets = buckets
        self.ledger = ledger
        self.key = ledger.key
        self.event_bus = event_bus or default_event_bus(self)
        self.queue_max_age = queue_max_age
        self.dead_letter_queue = make_dead_letter_queue(self, self.key)
        self.queue = make_queue(
            self, self.key, dead_letter_queue=self.dead_letter_queue, max_age=queue_max_age
        )
        self.request_rules: list[RequestRule] = []
        self._flows = FlowRegistry(self, "Flows")
        self.function = self._make_function(
            role, function_options or BundledFunctionOptions()
        ).function
        self._grant_access()
        self._read_queue(max_concurrency)
        publish_starter(
            ReviewDirectory.of(self),
            function=self.function,
            queue=self.queue,
            dead_letter_queue=self.dead_letter_queue,
            buckets=buckets,
            ledger=ledger,
        )

    @property
    def flows_path(self) -> str:
        """The path of the SSM parameters that tell the function about its flows."""
        return self._flows.path

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
        document = {
            "flow": flow_definition.flow_name,
            "flowDefinitionArn": flow_definition.flow_definition_arn,
            "reviewWhen": review_policy.to_document(),
            "requiredInputs": [*required_inputs],
            "consolidation": consolidation.document,
        }
        self.function.node.add_dependency(self._flows.add(flow_definition, document))
        self.function.add_environment("A2I_FLOWS_REVISION", self._flows.revision)
        self._grant_human_loops(flow_definition)

    def start_on_event(
        self,
        construct_id: str,
        *,
        event_pattern: events.EventPattern,
        event_bus: events.IEventBus | None = None,
        request: Mapping[str, str] | None = None,
    ) -> events.Rule:
        """Start a review for each event that matches; its content lies in S3, below `requests/`.

        event_pattern: must name its sources; never the library's own, `a2i.review`.
        event_bus: where the events come from. Default: the bus that `Human Review Started` goes to.
        request: `reviewId`, `requestUri` and perhaps `flow`, made of fields of the event by
            `EventField.from_path`. Default: the event's detail is these three and nothing else.

        A key that is passed in must let events.amazonaws.com use it: see docs/extending.md.
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
                "A2I_QUEUE_MAX_AGE_SECONDS": f"{self.queue_max_age.to_seconds():g}",
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
        self.grant_read_flows(self.function)
        grant_put_events(self.event_bus, self.function)
        grant_answer_tasks(self.function)
        iam.Grant.add_to_principal(
            grantee=self.function,
            actions=permissions.SEND_MESSAGE,
            resource_arns=[self.queue.queue_arn, self.dead_letter_queue.queue_arn],
        )
        self.function.add_to_role_policy(
            former_keys_statement(self, service="sqs", arns=[self.queue.queue_arn])
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


def _check_only_starter(scope: Construct) -> None:
    if ReviewDirectory.of(scope).holds(FUNCTION_NAME):
        raise ValueError(
            f"stack {Stack.of(scope).stack_name!r} already has a starter, which serves all of its "
            "flows: pass it on as starter, and the results construct as results"
        )
