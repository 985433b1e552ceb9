"""Our stack: the settings' flows over one set of shared parts."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct
from pydantic.alias_generators import to_camel

from a2i_constructs import (
    BundledFunctionOptions,
    Consolidation,
    DestroyGuard,
    HumanLoopResults,
    HumanLoopStarter,
    HumanReviewWorkflow,
    ReviewBuckets,
    ReviewerNotification,
    ReviewLedger,
    ReviewMonitoring,
    ReviewPolicy,
    ReviewReconciler,
    WorkerTaskTemplate,
)
from infra.reviewers import make_workforce, make_workteam
from infra.settings import (
    DataSettings,
    FlowSettings,
    MonitoringSettings,
    RequestSettings,
    ReviewSettings,
    SettingsError,
)

_REQUEST_EVENT = "Human Review Requested"
_APP_FOLDER = Path(__file__).parents[1]
_REMOVAL = {"retain": RemovalPolicy.RETAIN, "destroy": RemovalPolicy.DESTROY}


class ReviewStack(Stack):
    """Human review with A2I custom task types, as the settings say."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: ReviewSettings) -> None:
        """Define the shared parts, then a workflow for each flow."""
        super().__init__(
            scope, construct_id, description="Human review with Amazon A2I custom task types"
        )
        self.key = self._make_key(settings.data)
        self.buckets, self.ledger = self._make_storage(settings.data)
        with _explained("a2i.workforce"):
            self.workforce = make_workforce(self, settings.workforce)
            self.workteam = make_workteam(self, settings.workforce, self.workforce)
        options = BundledFunctionOptions(tracing=settings.monitoring.tracing)
        self.starter = self._try_starter(settings.requests, options)
        self.results = HumanLoopResults(
            self, "Results", buckets=self.buckets, ledger=self.ledger, function_options=options
        )
        self.reconciler = ReviewReconciler(
            self,
            "Reconciler",
            starter=self.starter,
            results=self.results,
            function_options=options,
        )
        self.destroy_guard = DestroyGuard(self, "DestroyGuard", starter=self.starter)
        self._flows = Construct(self, "Flows")
        self.workflows = {flow.name: self._make_workflow(flow) for flow in settings.flows}
        self.monitoring = self._make_monitoring(settings.monitoring)
        self.reviewer_notification = self._make_reviewer_notification(settings.monitoring)

    def _make_key(self, data: DataSettings) -> kms.IKey:
        if data.kms_key_arn:
            return kms.Key.from_key_arn(self, "Key", data.kms_key_arn)
        return kms.Key(
            self,
            "Key",
            description="Human reviews: requests, answers, queues, ledger",
            enable_key_rotation=True,
            removal_policy=_REMOVAL[data.removal_policy],
        )

    def _make_storage(self, data: DataSettings) -> tuple[ReviewBuckets, ReviewLedger]:
        retention = (
            Duration.days(data.answer_retention_days) if data.answer_retention_days else None
        )
        removal_policy = _REMOVAL[data.removal_policy]
        buckets = ReviewBuckets(
            self,
            "Buckets",
            key=self.key,
            answer_retention=retention,
            removal_policy=removal_policy,
        )
        ledger = ReviewLedger(
            self, "Ledger", key=self.key, retention=retention, removal_policy=removal_policy
        )
        return buckets, ledger

    def _try_starter(
        self, requests: RequestSettings, options: BundledFunctionOptions
    ) -> HumanLoopStarter:
        try:
            return self._make_starter(requests, options)
        except ValueError as error:
            raise SettingsError(f"a2i.requests: {error}") from error

    def _make_starter(
        self, requests: RequestSettings, options: BundledFunctionOptions
    ) -> HumanLoopStarter:
        starter = HumanLoopStarter(
            self,
            "Starter",
            buckets=self.buckets,
            ledger=self.ledger,
            queue_max_age=Duration.seconds(requests.queue_max_age.total_seconds()),
            function_options=options,
        )
        if requests.event_sources:
            starter.start_on_event(
                "RequestEvents",
                event_pattern=events.EventPattern(
                    source=[*requests.event_sources], detail_type=[_REQUEST_EVENT]
                ),
            )
        return starter

    def _make_monitoring(self, monitoring: MonitoringSettings) -> ReviewMonitoring | None:
        if not monitoring.enabled:
            return None
        topic = monitoring.alarm_topic_arn
        return ReviewMonitoring(
            self,
            "Monitoring",
            workflows=[*self.workflows.values()],
            alarm_topic=sns.Topic.from_topic_arn(self, "AlarmTopic", topic) if topic else None,
        )

    def _make_reviewer_notification(
        self, monitoring: MonitoringSettings
    ) -> ReviewerNotification | None:
        topic = monitoring.reviewer_topic_arn
        if topic is None:
            return None
        return ReviewerNotification(
            self,
            "ReviewerNotification",
            starter=self.starter,
            topic=sns.Topic.from_topic_arn(self, "ReviewerTopic", topic),
        )

    def _make_workflow(self, flow: FlowSettings) -> HumanReviewWorkflow:
        with _explained(f"a2i.flows: flow {flow.name!r}"):
            return HumanReviewWorkflow(
                self._flows,
                flow.name,
                template=_template(flow.template),
                workteam=self.workteam,
                flow_name=flow.name,
                task_title=flow.title,
                task_description=flow.description,
                task_count=flow.task_count,
                task_availability=_duration(flow.task_availability),
                task_time_limit=Duration.seconds(flow.task_time_limit.total_seconds()),
                task_keywords=flow.keywords,
                review_policy=ReviewPolicy.from_document(flow.review_when),
                consolidation=Consolidation(flow.consolidation),
                starter=self.starter,
                results=self.results,
            )


@contextmanager
def _explained(setting: str) -> Iterator[None]:
    """Name the setting that a construct refuses."""
    try:
        yield
    except ValueError as error:
        # The library names its parameters; readers of the message know the keys of cdk.json.
        refusal = re.sub(r"^[a-z]+(_[a-z]+)+", lambda name: to_camel(name[0]), str(error))
        raise SettingsError(f"{setting}: {refusal}") from error


def _template(name: str) -> WorkerTaskTemplate:
    if name.endswith(".html"):
        return WorkerTaskTemplate.from_file(_APP_FOLDER / name)
    return WorkerTaskTemplate.from_bundled(name)


def _duration(value: timedelta | None) -> Duration | None:
    return None if value is None else Duration.seconds(value.total_seconds())
