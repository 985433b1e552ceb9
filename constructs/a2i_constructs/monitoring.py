"""CloudWatch dashboard and alarms for the workflows of a stack."""

from collections.abc import Sequence

from aws_cdk import Annotations, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from a2i_constructs.runtime.human_loop_starter import HumanLoopStarter
from a2i_constructs.workflow import HumanReviewWorkflow

MAX_WAIT_TO_START = Duration.hours(1)
MAX_FAILURE_PERCENT = 10
DEFAULT_OLDEST_PENDING = Duration.days(1)
# Three periods of five minutes: the queue takes care of what is shorter.
DELAYED_PERIODS = 3
NOBODY_IS_TOLD = (
    "nobody is told when an alarm rises: pass alarm_topic, in cdk.json a2i.monitoring.alarmTopicArn"
)
_STARTS_AT = {"a2i": "Amazon A2I", "account": "DynamoDB"}
"""Service that takes the start of a human loop, by backend."""


class ReviewMonitoring(Construct):
    """Dashboard and alarms of a stack's reviews.

    Alarms: requests or events that were given up, requests that wait an hour, a starter that Lambda
    throttles; with human loops in the account, those that the stream of their table fails on; for
    each rule of `start_on_event` made before, events lost; and for each flow a quarter of an hour
    of starts that Amazon A2I or, with human loops in the account, DynamoDB puts off, a review that
    nobody answers, and more than a tenth of the reviews that end without an answer.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        workflows: Sequence[HumanReviewWorkflow],
        alarm_topic: sns.ITopic | None = None,
        oldest_pending: Duration = DEFAULT_OLDEST_PENDING,
    ) -> None:
        """Define dashboard and alarms.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            workflows: At least one; all of one runtime.
            alarm_topic: Told when an alarm rises and when it is over. Default: nobody is told,
                which is a warning at synthesis.
            oldest_pending: How long a review may wait for reviewers before an alarm rises, in hours
                or days. Needs a `ReviewReconciler`, which measures it.

        Raises:
            ValueError: There are no workflows, or workflows of several runtimes.
        """
        super().__init__(scope, construct_id)
        _check_one_runtime(workflows)
        self.alarms = [
            *self._make_shared_alarms(workflows[0]),
            *(
                alarm
                for workflow in workflows
                for alarm in self._make_flow_alarms(workflow, oldest_pending)
            ),
        ]
        if alarm_topic:
            self._notify(alarm_topic)
        else:
            Annotations.of(self).add_warning_v2("a2i:alarms-without-action", NOBODY_IS_TOLD)
        self.dashboard = self._make_dashboard(workflows)

    def _make_shared_alarms(self, workflow: HumanReviewWorkflow) -> list[cloudwatch.Alarm]:
        starter, results = workflow.runtime.starter, workflow.runtime.results
        return [
            self._make_alarm(
                "DeadLetters",
                starter.dead_letter_queue.metric_approximate_number_of_messages_visible(),
                threshold=0,
                description="Requests were given up: 'a2i queue show' tells why",
            ),
            self._make_alarm(
                "FailedEvents",
                results.failed_events.metric_approximate_number_of_messages_visible(),
                threshold=0,
                description="Finished reviews were not recorded: read the function's log",
            ),
            self._make_alarm(
                "Throttling",
                starter.function.metric_throttles(),
                threshold=0,
                description="Lambda throttles the starter: the account's concurrency is used up",
            ),
            *self._make_backend_alarms(workflow),
            *self._make_request_rule_alarms(starter),
        ]

    def _make_backend_alarms(self, workflow: HumanReviewWorkflow) -> list[cloudwatch.Alarm]:
        return [
            self._make_alarm(
                "FailedLoops",
                queue.metric_approximate_number_of_messages_visible(),
                threshold=0,
                description="Human loops got no task, file or event: read the log of loop_stream",
            )
            for queue in workflow.runtime.backend.dead_letter_queues(workflow)
        ]

    def _make_request_rule_alarms(self, starter: HumanLoopStarter) -> list[cloudwatch.Alarm]:
        return [
            self._make_alarm(
                "UndeliveredEvents",
                rule.metric_undelivered(),
                threshold=0,
                description="EventBridge reaches neither queue: the key may keep it out",
                scope=Construct(self, rule.node.id),
            )
            for rule in starter.request_rules
        ]

    def _make_flow_alarms(
        self, workflow: HumanReviewWorkflow, oldest_pending: Duration
    ) -> list[cloudwatch.Alarm]:
        name, metrics = workflow.flow_name, workflow.metrics
        scope = Construct(self, name)
        backend = workflow.runtime.backend.names[0]
        starts_at = _STARTS_AT.get(backend, backend)
        return [
            self._make_alarm(
                "FailureRate",
                metrics.failure_rate(),
                threshold=MAX_FAILURE_PERCENT,
                description=f"Reviews of {name} end without an answer",
                scope=scope,
            ),
            self._make_alarm(
                "OldestPending",
                metrics.oldest_pending(),
                threshold=oldest_pending.to_seconds(),
                description=f"A review of {name} waits for reviewers for too long",
                scope=scope,
            ),
            self._make_alarm(
                "WaitingRequests",
                metrics.oldest_waiting(),
                threshold=MAX_WAIT_TO_START.to_seconds(),
                description=f"A request of {name} has waited for an hour: {starts_at} may throttle",
                scope=scope,
            ),
            self._make_alarm(
                "StartsDelayed",
                metrics.delayed(),
                threshold=0,
                description=f"{starts_at} puts off starts of {name}: a quota may be too low",
                scope=scope,
                periods=DELAYED_PERIODS,
            ),
        ]

    def _make_alarm(
        self,
        construct_id: str,
        metric: cloudwatch.IMetric,
        *,
        threshold: float,
        description: str,
        scope: Construct | None = None,
        periods: int = 1,
    ) -> cloudwatch.Alarm:
        return cloudwatch.Alarm(
            scope or self,
            construct_id,
            alarm_description=description,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=periods,
            metric=metric,
            threshold=threshold,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def _notify(self, topic: sns.ITopic) -> None:
        action = actions.SnsAction(topic)
        for alarm in self.alarms:
            alarm.add_alarm_action(action)
            alarm.add_ok_action(action)

    def _make_dashboard(self, workflows: Sequence[HumanReviewWorkflow]) -> cloudwatch.Dashboard:
        starter = workflows[0].runtime.starter
        queues = cloudwatch.GraphWidget(
            title="Requests waiting, requests given up",
            left=[
                starter.queue.metric_approximate_number_of_messages_visible(label="waiting"),
                starter.dead_letter_queue.metric_approximate_number_of_messages_visible(
                    label="given up"
                ),
            ],
            width=12,
        )
        status = cloudwatch.AlarmStatusWidget(alarms=[*self.alarms], title="Alarms", width=12)
        rows = [_row(workflow) for workflow in workflows]
        return cloudwatch.Dashboard(self, "Dashboard", widgets=[[status, queues], *rows])


def _row(workflow: HumanReviewWorkflow) -> list[cloudwatch.IWidget]:
    metrics = workflow.metrics
    reviews = [
        metrics.started(),
        metrics.not_needed(),
        metrics.queued(),
        metrics.delayed(),
        metrics.completed(),
        metrics.failed(),
        metrics.expired(),
        metrics.stopped(),
    ]
    quality = [metrics.agreement(), metrics.changed_rate()]
    name = workflow.flow_name
    return [
        cloudwatch.GraphWidget(title=f"{name}: reviews", left=reviews, width=8),
        cloudwatch.GraphWidget(
            title=f"{name}: seconds to an answer, and of the oldest that waits",
            left=[metrics.time_to_review(), metrics.oldest_pending(), metrics.oldest_waiting()],
            width=8,
        ),
        cloudwatch.GraphWidget(title=f"{name}: agreement and changes (%)", left=quality, width=8),
    ]


def _check_one_runtime(workflows: Sequence[HumanReviewWorkflow]) -> None:
    runtimes = {workflow.runtime.node.path for workflow in workflows}
    if len(runtimes) != 1:
        raise ValueError(
            f"workflows must be of one runtime, got {len(runtimes)}: "
            "pass those of one stack, at least one"
        )
