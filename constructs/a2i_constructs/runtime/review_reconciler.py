"""What ends reviews whose events never came, and flow definitions that nobody needs any more."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from constructs import Construct

from a2i_constructs.flow.drain_grants import grant_drain
from a2i_constructs.functions import permissions
from a2i_constructs.functions.bundled_function import BundledFunction, BundledFunctionOptions
from a2i_constructs.functions.checks import check_at_least
from a2i_constructs.functions.names import own_flow_definitions
from a2i_constructs.runtime.human_loop_results import HumanLoopResults
from a2i_constructs.runtime.human_loop_starter import HumanLoopStarter
from a2i_constructs.runtime.review_directory import ReviewDirectory
from a2i_constructs.runtime.review_function import metrics_environment, stack_environment

FUNCTION_TIMEOUT = Duration.minutes(10)
DEFAULT_INTERVAL = Duration.minutes(15)


class ReviewReconciler(Construct):
    """The reconciler of a stack's reviews.

    Resumes reviews that are stuck before their human loop, ends those whose loop ended unnoticed,
    and deletes retired flow definitions with their roles once no loop of theirs is pending. It
    starts and ends nothing itself: the starter and the results function do.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        starter: HumanLoopStarter,
        results: HumanLoopResults,
        interval: Duration = DEFAULT_INTERVAL,
        role: iam.IRole | None = None,
        function_options: BundledFunctionOptions | None = None,
    ) -> None:
        """Define function and schedule.

        interval: time between two runs, at least a minute.
        role: the function's; must trust lambda.amazonaws.com. Default: a new one.
        """
        super().__init__(scope, construct_id)
        check_at_least("interval", interval, Duration.minutes(1))
        self.starter = starter
        self.results = results
        self.function = self._make_function(
            role, function_options or BundledFunctionOptions()
        ).function
        self._grant_access()
        self.rule = self._make_rule(interval)
        self._publish()

    @property
    def flow_definition_arn_pattern(self) -> str:
        """The flow definitions that this stack has or had; a token."""
        return own_flow_definitions(self)

    @property
    def human_loop_arn_pattern(self) -> str:
        """Human loops of every flow: one that was removed from the stack may still have some."""
        return Stack.of(self).format_arn(
            service="sagemaker", resource="human-loop", resource_name="*"
        )

    def _make_function(
        self, role: iam.IRole | None, options: BundledFunctionOptions
    ) -> BundledFunction:
        return BundledFunction(
            self,
            "Function",
            folder="reconciler",
            description="Ends what events left open, and deletes drained flow definitions",
            environment={
                **stack_environment(self.starter.ledger),
                **metrics_environment(self),
                "A2I_FLOWS_PATH": self.starter.flows_path,
                "A2I_QUEUE_URL": self.starter.queue.queue_url,
                "A2I_QUEUE_MAX_AGE_SECONDS": f"{self.starter.queue_max_age.to_seconds():g}",
                "A2I_RESULTS_FUNCTION_NAME": self.results.function.function_name,
            },
            options=options,
            role=role,
            timeout=FUNCTION_TIMEOUT,
        )

    def _grant_access(self) -> None:
        self.starter.ledger.grant_read_open(self.function)
        self.starter.grant_read_flows(self.function)
        self.starter.key.grant(self.function, *permissions.ENCRYPT)
        grant_drain(self, self.function, permissions.DRAIN_FLOW_DEFINITION)
        for actions, resource in (
            (permissions.DESCRIBE_HUMAN_LOOP, self.human_loop_arn_pattern),
            (permissions.INVOKE_FUNCTION, self.results.function.function_arn),
            (permissions.COUNT_MESSAGES, self.starter.queue.queue_arn),
            (permissions.SEND_MESSAGE, self.starter.queue.queue_arn),
        ):
            iam.Grant.add_to_principal(
                grantee=self.function, actions=actions, resource_arns=[resource]
            )

    def _make_rule(self, interval: Duration) -> events.Rule:
        return events.Rule(
            self,
            "Schedule",
            description="Reconciles the reviews of this stack",
            schedule=events.Schedule.rate(interval),
            targets=[targets.LambdaFunction(self.function)],
        )

    def _publish(self) -> None:
        ReviewDirectory.of(self).publish(
            "ReconcilerFunctionName",
            "reconciler-function-name",
            self.function.function_name,
            "Invoke it to reconcile at once",
        )
