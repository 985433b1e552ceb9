"""Functions that take human loops in the account from their start to their told end."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3_assets as assets
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from a2i_constructs.account.human_loop_table import BY_FLOW, OFFERS, OPEN, HumanLoopTable
from a2i_constructs.functions import permissions
from a2i_constructs.functions.bundled_function import (
    CONTENT_ENVIRONMENT,
    CONTENT_MEMORY_SIZE,
    BundledFunction,
)
from a2i_constructs.functions.function_code import rendering_code
from a2i_constructs.functions.grants import acknowledge, grant
from a2i_constructs.functions.resource_provider import ResourceProvider
from a2i_constructs.storage.review_buckets import HUMAN_LOOPS_PREFIX, ReviewBuckets

EVENT_SOURCE = "a2i.human-loops"
"""Source of the events about ends of human loops: `aws.` is AWS's own."""
RENDERING_MEMORY_SIZE = 1_024
# The API waits for 30 seconds.
API_TIMEOUT = Duration.seconds(29)
STREAM_TIMEOUT = Duration.seconds(60)
BATCH_SIZE = 10
RETRIES = 5
RETENTION = Duration.days(14)
_API_WAITS = "the API waits for its answer, and tells the caller of a failure"


def make_endpoint(
    scope: Construct,
    *,
    table: HumanLoopTable,
    buckets: ReviewBuckets,
    environment: dict[str, str],
) -> lambda_.Function:
    """The function that answers A2I's runtime operations."""
    function = BundledFunction(
        scope,
        "Endpoint",
        folder="human_loop_endpoint",
        description="Answers the operations of A2I's runtime for human loops in the account",
        environment={**CONTENT_ENVIRONMENT, **environment},
        timeout=API_TIMEOUT,
        no_dead_letters=_API_WAITS,
        memory_size=CONTENT_MEMORY_SIZE,
    ).function
    table.grant(function, permissions.READ_ITEMS, permissions.WRITE_ITEM, permissions.DELETE_ITEM)
    table.grant_query(function, BY_FLOW, OPEN, OFFERS)
    buckets.grant_put_input(function, HUMAN_LOOPS_PREFIX)
    buckets.grant_delete_human_loops(function)
    return function


def make_portal(
    scope: Construct,
    *,
    table: HumanLoopTable,
    buckets: ReviewBuckets,
    environment: dict[str, str],
) -> lambda_.Function:
    """The function that offers tasks to reviewers and takes their answers."""
    function = BundledFunction(
        scope,
        "Portal",
        folder="portal",
        description="Offers tasks to reviewers and takes their answers",
        environment={**CONTENT_ENVIRONMENT, **environment},
        timeout=API_TIMEOUT,
        no_dead_letters=_API_WAITS,
        memory_size=RENDERING_MEMORY_SIZE,
        code=rendering_code(),
    ).function
    table.grant(function, permissions.READ_ITEMS, permissions.WRITE_ITEM, permissions.DELETE_ITEM)
    table.grant_query(function, OFFERS, BY_FLOW, OPEN)
    buckets.grant_read_input(function, HUMAN_LOOPS_PREFIX)
    buckets.grant_put_input(function, HUMAN_LOOPS_PREFIX)
    # A draft that is missing must not read as one that is forbidden.
    buckets.grant_list_human_loops(function)
    return function


class HumanLoopStream(Construct):
    """The function behind the table's stream: does what a human loop owes, at least once.

    It renders the task, writes the output file with the role of the flow, and sends the event.
    Records that it fails on wait in a queue; the clock brings their loops up again.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        table: HumanLoopTable,
        buckets: ReviewBuckets,
        environment: dict[str, str],
    ) -> None:
        """Define function, mapping and queue."""
        super().__init__(scope, construct_id)
        self.dead_letter_queue = sqs.Queue(
            self,
            "DeadLetterQueue",
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=table.key,
            enforce_ssl=True,
            retention_period=RETENTION,
        )
        acknowledge(
            self.dead_letter_queue,
            "SQS3",
            because="it is the dead-letter queue of the table's stream: nothing reads it but an "
            "operator",
        )
        self.function = BundledFunction(
            self,
            "Function",
            folder="loop_stream",
            description="Renders tasks, writes answers and tells the ends of human loops",
            environment={**CONTENT_ENVIRONMENT, **environment},
            timeout=STREAM_TIMEOUT,
            no_dead_letters="the mapping of the table's stream has a queue for what it fails on",
            memory_size=RENDERING_MEMORY_SIZE,
            code=rendering_code(),
        ).function
        self._grant_access(table, buckets)
        self._follow(table)

    def _grant_access(self, table: HumanLoopTable, buckets: ReviewBuckets) -> None:
        # What is deleted are hints about who holds a task.
        table.grant(
            self.function,
            permissions.READ_ITEM,
            permissions.WRITE_ITEM,
            permissions.DELETE_ITEM,
        )
        buckets.grant_read_input(self.function, HUMAN_LOOPS_PREFIX)
        # Input that is gone ends its loop; input that may not be read waits for the permission.
        buckets.grant_list_human_loops(self.function)
        default_bus = Stack.of(self).format_arn(
            service="events", resource="event-bus", resource_name="default"
        )
        grant(
            self.function,
            permissions.PUT_EVENTS,
            default_bus,
            conditions={"StringEquals": {"events:source": EVENT_SOURCE}},
        )
        grant(self.function, permissions.READ_STREAM, _stream_arn(table))
        grant(
            self.function,
            permissions.LIST_STREAMS,
            "*",
            because="the action knows no resource; it tells names of tables that have a stream",
        )
        grant(self.function, permissions.SEND_MESSAGE, self.dead_letter_queue.queue_arn)
        table.key.grant(self.function, *permissions.ENCRYPT)

    def _follow(self, table: HumanLoopTable) -> None:
        """The L2's event source would grant more of key, stream and queue than it takes."""
        mapping = lambda_.CfnEventSourceMapping(
            self,
            "Mapping",
            function_name=self.function.function_name,
            event_source_arn=_stream_arn(table),
            # What happens between the table's creation and the mapping's is told too.
            starting_position="TRIM_HORIZON",
            batch_size=BATCH_SIZE,
            parallelization_factor=10,
            bisect_batch_on_function_error=True,
            maximum_retry_attempts=RETRIES,
            function_response_types=["ReportBatchItemFailures"],
            filter_criteria=lambda_.CfnEventSourceMapping.FilterCriteriaProperty(
                filters=[lambda_.CfnEventSourceMapping.FilterProperty(pattern=OWES)]
            ),
            destination_config=lambda_.CfnEventSourceMapping.DestinationConfigProperty(
                on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(
                    destination=self.dead_letter_queue.queue_arn
                )
            ),
        )
        role = self.function.role
        assert role  # noqa: S101  # every function of ours has one
        mapping.node.add_dependency(role)


OWES = '{"eventName":["INSERT","MODIFY"],"dynamodb":{"NewImage":{"owes":{"S":[{"exists":true}]}}}}'
"""Filter of the stream: what was written, and owes something."""


def _stream_arn(table: HumanLoopTable) -> str:
    arn = table.table.table_stream_arn
    assert arn  # noqa: S101  # the table is defined with one
    return arn


def make_clock(
    scope: Construct, *, table: HumanLoopTable, environment: dict[str, str]
) -> lambda_.Function:
    """The function that ends leases and loops in time, with its schedule of each minute."""
    place = Construct(scope, "Clock")
    function = BundledFunction(
        place,
        "Function",
        folder="loop_clock",
        description="Ends leases and human loops whose time is over, and a removed worker's",
        environment=environment,
        timeout=Duration.seconds(55),
        no_dead_letters="it runs again a minute later, and finds the same loops",
    ).function
    # What is deleted are hints about who holds a task; several are read for a removed worker.
    table.grant(function, permissions.READ_ITEMS, permissions.WRITE_ITEM, permissions.DELETE_ITEM)
    table.grant_query(function, OPEN)
    grant(function, permissions.SCAN_INDEX, f"{table.table.table_arn}/index/{OPEN}")
    events.Rule(
        place,
        "Schedule",
        description="Looks for human loops whose time is over",
        schedule=events.Schedule.rate(Duration.minutes(1)),
        targets=[targets.LambdaFunction(function)],
    )
    return function


class HumanTaskUiRegistry(Construct):
    """Custom resource provider that writes templates of tasks into the table."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        table: HumanLoopTable,
        environment: dict[str, str],
    ) -> None:
        """Define the function."""
        super().__init__(scope, construct_id)
        self.provider = ResourceProvider(
            self,
            "Provider",
            folder="human_task_ui",
            description="Keeps worker task templates in the table of the human loops",
            environment=environment,
            timeout=Duration.minutes(1),
        )
        table.grant(
            self.provider.on_event,
            permissions.READ_ITEM,
            permissions.WRITE_ITEM,
            permissions.DELETE_ITEM,
        )

    def let_read(self, template: assets.Asset) -> None:
        """Let the function read a template."""
        grant(
            self.provider.on_event,
            permissions.READ_OBJECT,
            template.bucket.arn_for_objects(template.s3_object_key),
        )


def principal(function: lambda_.IFunction) -> iam.PrincipalBase:
    """The role of a function, as trust policies name it."""
    role = function.role
    assert role  # noqa: S101  # every function of ours has one
    return iam.ArnPrincipal(role.role_arn)
