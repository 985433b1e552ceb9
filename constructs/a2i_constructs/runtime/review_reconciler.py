"""Lambda function that finds stuck reviews and deletes drained flow definitions, on a schedule."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from constructs import Construct

from a2i_constructs.backends.review_backend import ReviewBackend
from a2i_constructs.flow.flow_definition_provider import let_drain
from a2i_constructs.functions import permissions
from a2i_constructs.functions.bundled_function import BundledFunction
from a2i_constructs.functions.checks import check_at_least
from a2i_constructs.functions.grants import grant
from a2i_constructs.runtime.human_loop_results import HumanLoopResults
from a2i_constructs.runtime.human_loop_starter import HumanLoopStarter
from a2i_constructs.runtime.review_environment import metrics_environment, stack_environment

FUNCTION_TIMEOUT = Duration.minutes(10)
DEFAULT_INTERVAL = Duration.minutes(15)


class ReviewReconciler(Construct):
    """The reconciler of a stack's reviews.

    Sends lost starts to the starter's queue again, hands lost ends to the results function, deletes
    retired flow definitions once no loop of theirs is pending, and lifts the starter's pause that a
    destroy guard left which was killed.
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
    ) -> None:
        """Define function and schedule.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            starter: Starts what got stuck.
            results: Ends what ended unnoticed.
            interval: Time between two runs, at least a minute. Default: a quarter of an hour.
            role: The function's; must trust lambda.amazonaws.com. Default: a new one.

        Raises:
            ValueError: `interval` is less than a minute.
        """
        super().__init__(scope, construct_id)
        check_at_least("interval", interval, Duration.minutes(1))
        self.starter = starter
        self.results = results
        self.function = self._make_function(role).function
        self._grant_access()
        self.rule = self._make_rule(interval)

    def _make_function(self, role: iam.IRole | None) -> BundledFunction:
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
                "A2I_STARTER_FUNCTION_NAME": self.starter.function.function_name,
            },
            role=role,
            timeout=FUNCTION_TIMEOUT,
            no_dead_letters="the next run of its schedule does what a failed one left",
        )

    def _grant_access(self) -> None:
        self.starter.ledger.grant_read_open(self.function)
        self.starter.grant_read_flows(self.function)
        # Requests that it sends to the queue again are encrypted; those it reads of the ledger too.
        self.starter.buckets.grant_former_keys(self.function)
        self.starter.key.grant(self.function, *permissions.ENCRYPT)
        let_drain(self.function, retires=True)
        backend = ReviewBackend.of(self)
        backend.let_describe(
            self.function,
            Stack.of(self).format_arn(
                service="sagemaker", resource="human-loop", resource_name="*"
            ),
            "read only, state and time of loops; those of a flow that was removed from the "
            "stack begin with a name that the template no longer knows",
        )
        backend.let_delete(self.function)
        grant(self.function, permissions.INVOKE_FUNCTION, self.results.function.function_arn)
        queue_actions = [
            *permissions.COUNT_MESSAGES,
            *permissions.DENY_MESSAGES,
            *permissions.SEND_MESSAGE,
        ]
        grant(self.function, queue_actions, self.starter.queue.queue_arn)
        # For the pause that a destroy guard left which was killed.
        grant(self.function, permissions.RESUME_FUNCTION, self.starter.function.function_arn)

    def _make_rule(self, interval: Duration) -> events.Rule:
        return events.Rule(
            self,
            "Schedule",
            description="Reconciles the reviews of this stack",
            schedule=events.Schedule.rate(interval),
            targets=[targets.LambdaFunction(self.function)],
        )
