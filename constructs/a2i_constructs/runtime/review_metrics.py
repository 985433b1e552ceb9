"""The metrics that the functions write about a flow: A2I itself publishes none."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

NAMESPACE = "A2IReview"
PERIOD = Duration.minutes(5)


class ReviewMetrics:
    """Metrics of one flow of one stack; the period is five minutes where nothing else is said."""

    def __init__(self, *, flow_name: str, service: str) -> None:
        """Name the flow.

        Args:
            flow_name: Its name in requests.
            service: The stack's name, which keeps flows of the same name apart.
        """
        self._dimensions = {"flow": flow_name, "service": service}

    def metric(
        self, metric_name: str, *, statistic: str = "Sum", period: Duration = PERIOD
    ) -> cloudwatch.Metric:
        """Return a metric that the functions write about the flow.

        Args:
            metric_name: Its name in CloudWatch, such as `ReviewsStarted`.
            statistic: As CloudWatch spells it, such as `Average` or `p90`.
            period: Time that one value covers. Default: five minutes.
        """
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=metric_name,
            dimensions_map=self._dimensions,
            period=period,
            statistic=statistic,
        )

    def started(self) -> cloudwatch.Metric:
        """Reviews that began (sum)."""
        return self.metric("ReviewsStarted")

    def not_needed(self) -> cloudwatch.Metric:
        """Predictions that the policy let pass without a review (sum)."""
        return self.metric("ReviewsNotNeeded")

    def queued(self) -> cloudwatch.Metric:
        """Direct requests that had to wait in the queue (sum)."""
        return self.metric("ReviewsQueued")

    def delayed(self) -> cloudwatch.Metric:
        """Starts that Amazon A2I put off by throttling, a quota or a fault (sum)."""
        return self.metric("StartsDelayed")

    def completed(self) -> cloudwatch.Metric:
        """Reviews that all reviewers answered (sum)."""
        return self.metric("ReviewsCompleted")

    def failed(self) -> cloudwatch.Metric:
        """Reviews that ended as failed (sum)."""
        return self.metric("ReviewsFailed")

    def expired(self) -> cloudwatch.Metric:
        """Reviews that nobody finished in time (sum)."""
        return self.metric("ReviewsExpired")

    def stopped(self) -> cloudwatch.Metric:
        """Reviews that somebody stopped (sum)."""
        return self.metric("ReviewsStopped")

    def time_to_review(self) -> cloudwatch.Metric:
        """Seconds from start to answer (90th percentile)."""
        return self.metric("TimeToReview", statistic="p90")

    def oldest_pending(self) -> cloudwatch.Metric:
        """Seconds that the oldest pending review waits, as the reconciler sees it (hourly maximum).

        No data while none is pending. The period must be longer than the reconciler's interval.
        """
        period = Duration.hours(1)
        return self.metric("OldestPendingSeconds", statistic="Maximum", period=period)

    def oldest_waiting(self) -> cloudwatch.Metric:
        """Seconds that the oldest request waits to be started, from the ledger (hourly maximum).

        No data while none waits. SQS's own age leaves out messages that were received three times.
        """
        period = Duration.hours(1)
        return self.metric("OldestWaitingSeconds", statistic="Maximum", period=period)

    def agreement(self) -> cloudwatch.Metric:
        """Mean share of reviewers (0-100 %) giving the most common value per field (average)."""
        return self.metric("Agreement", statistic="Average")

    def changed_rate(self) -> cloudwatch.Metric:
        """Percentage of reviews that changed the prediction (average)."""
        return self.metric("ChangedRate", statistic="Average")

    def failure_rate(self) -> cloudwatch.MathExpression:
        """Percentage of ended reviews without an answer, those that were stopped apart."""
        return cloudwatch.MathExpression(
            expression="100 * (failed + expired) / (completed + failed + expired)",
            label="Failure rate",
            period=PERIOD,
            using_metrics={
                "completed": self.completed(),
                "expired": self.expired(),
                "failed": self.failed(),
            },
        )
