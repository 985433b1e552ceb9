"""Step Functions state machine that sends a file of requests to the starter, line by line."""

from aws_cdk import ArnFormat, Fn, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from a2i_constructs.functions import permissions
from a2i_constructs.functions.checks import check_range
from a2i_constructs.functions.grants import acknowledge, acknowledge_invoke, grant, resource_finding
from a2i_constructs.functions.rule_packs import acknowledge_inline_policy
from a2i_constructs.runtime.human_loop_starter import HumanLoopStarter
from a2i_constructs.step_functions.start_human_review import add_transient_retry
from a2i_constructs.storage.review_buckets import MANIFESTS_PREFIX

OUTCOMES_PREFIX = "bulk/"
MAP_LABEL = "Requests"
MAX_CONCURRENCY = 1000
_RESULT_WRITER = "@aws-cdk/aws-stepfunctions:useDistributedMapResultWriterV2"


class BulkReview(Construct):
    """A state machine that sends every line of a manifest to the starter.

    A manifest is a JSON Lines object below MANIFESTS_PREFIX of the input bucket; each line is a
    request as the starter takes it, of at most 256 KiB: larger ones go by `requestUri`. Start an
    execution with `{"manifestKey": "manifests/2026-11.jsonl"}`. It ends when every request is
    decided and started or queued, not when people have answered, and leaves each line's decision
    or error below OUTCOMES_PREFIX of the output bucket.

    The starter decides per line, and what Amazon A2I throttles goes to its queue, so that a bulk
    job never overruns the service. Running the same manifest again starts nothing twice.

    Lines pass through the inputs of child executions, which whoever may read the execution
    history can see: where that is too much, keep requests in the bucket and list their URIs.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        starter: HumanLoopStarter,
        max_concurrency: int = 50,
        tolerated_failure_percentage: float = 0,
    ) -> None:
        """Define the state machine.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            starter: The runtime's, to which each line of a manifest goes.
            max_concurrency: Lines that are sent at once, 1 to 1000; each takes one concurrent
                execution of the starter's function.
            tolerated_failure_percentage: How many lines may be refused before the run stops as
                failed, 0 to 100 percent. Default: none.

        Raises:
            ValueError: A number is outside its range.
        """
        super().__init__(scope, construct_id)
        check_range("max_concurrency", max_concurrency, minimum=1, maximum=MAX_CONCURRENCY)
        check_range(
            "tolerated_failure_percentage", tolerated_failure_percentage, minimum=0, maximum=100
        )
        # Without this flag the map would ignore how outcomes are to be written.
        self.node.set_context(_RESULT_WRITER, True)  # noqa: FBT003  # jsii takes the value by position
        self.starter = starter
        self.buckets = starter.buckets
        self.map = self._make_map(starter, max_concurrency, tolerated_failure_percentage)
        self.state_machine = sfn.StateMachine(
            self,
            "StateMachine",
            comment="Sends every line of a manifest to the starter",
            definition_body=sfn.DefinitionBody.from_chainable(self.map),
        )
        self._grant_access(self.state_machine)
        self._acknowledge_findings(self.state_machine)

    def grant_run(self, grantee: iam.IGrantable) -> iam.Grant:
        """Permit `grantee` to upload manifests, and to start, describe and stop executions."""
        manifests = self.buckets.grant_put_input(grantee, MANIFESTS_PREFIX)
        start = self.state_machine.grant_start_execution(grantee)
        watch = self.state_machine.grant_execution(grantee, *permissions.WATCH_EXECUTION)
        return manifests.combine(start).combine(watch)

    def _make_map(
        self, starter: HumanLoopStarter, max_concurrency: int, tolerated_failure_percentage: float
    ) -> sfn.DistributedMap:
        requests = sfn.DistributedMap(
            self,
            "Requests",
            item_reader=_ManifestReader(
                bucket=self.buckets.input, key=sfn.JsonPath.string_at("$.manifestKey")
            ),
            label=MAP_LABEL,
            map_execution_type=sfn.StateMachineType.EXPRESS,
            max_concurrency=max_concurrency,
            result_writer_v2=_OutcomeWriter(self.buckets.output),
            tolerated_failure_percentage=tolerated_failure_percentage,
        )
        requests.item_processor(self._make_send(starter))
        return requests

    def _make_send(self, starter: HumanLoopStarter) -> tasks.LambdaInvoke:
        send = tasks.LambdaInvoke(
            self, "Send", lambda_function=starter.function, payload_response_only=True
        )
        add_transient_retry(send)
        return send

    def _grant_access(self, state_machine: sfn.StateMachine) -> None:
        self.buckets.grant_read_input(state_machine, MANIFESTS_PREFIX)
        self.buckets.grant_put_output(state_machine, OUTCOMES_PREFIX)
        self.buckets.grant_read_output(state_machine, OUTCOMES_PREFIX)
        grant(
            state_machine,
            permissions.UPLOAD_IN_PARTS,
            self.buckets.output.arn_for_objects(f"{OUTCOMES_PREFIX}*"),
            because="Step Functions chooses the keys of each run's outcomes",
        )

    def _acknowledge_findings(self, machine: sfn.StateMachine) -> None:
        """Findings about what CDK makes for a distributed map, and about what it does not log."""
        acknowledge_invoke(machine.role, self.starter.function)
        acknowledge_inline_policy(machine)
        name = Fn.select(6, Fn.split(":", machine.state_machine_arn))
        for children in (name, f"{name}/{MAP_LABEL}"):
            executions = Stack.of(self).format_arn(
                service="states",
                resource="execution",
                resource_name=f"{children}:*",
                arn_format=ArnFormat.COLON_RESOURCE_NAME,
            )
            acknowledge(
                machine,
                resource_finding(self, executions),
                because="made by CDK: the map starts, describes and stops executions of its own "
                "machine alone",
            )
        acknowledge(
            machine,
            "SF1",
            because="every line of a manifest would be events in a log, and millions of lines are "
            "meant; the outcome of each line is kept in the output bucket",
        )
        acknowledge(
            machine,
            "SF2",
            because="a run is one state per line, whose latency is the starter's; the starter can "
            "be traced",
        )


class _ManifestReader(sfn.S3JsonLItemReader):
    """Reads the manifest; the L2 would grant the whole bucket, the construct grants a prefix."""

    def provide_policy_statements(self) -> list[iam.PolicyStatement]:
        return []


class _OutcomeWriter(sfn.ResultWriterV2):
    """Writes each line's outcome without the line itself; granted likewise."""

    def __init__(self, bucket: s3.IBucket) -> None:
        super().__init__(
            bucket=bucket,
            prefix=OUTCOMES_PREFIX.rstrip("/"),
            writer_config=sfn.WriterConfig(
                output_type=sfn.OutputType.JSONL, transformation=sfn.Transformation.COMPACT
            ),
        )

    def provide_policy_statements(self) -> list[iam.PolicyStatement]:
        return []
