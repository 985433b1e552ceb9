"""Our stack: the settings' flows over one runtime."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct
from pydantic.alias_generators import to_camel

from a2i_constructs import (
    Consolidation,
    FunctionDefaults,
    HumanReviewWorkflow,
    ReviewBackend,
    ReviewerNotification,
    ReviewMonitoring,
    ReviewPolicy,
    ReviewRuntime,
    WaitingDigest,
    WorkerTaskTemplate,
)
from infra.reviewers import REMOVAL, make_workforce, make_workteam
from infra.settings import (
    BackendSettings,
    FlowSettings,
    MonitoringSettings,
    RequestSettings,
    ReviewSettings,
    SettingsError,
)

_REQUEST_EVENT = "Human Review Requested"
_APP_FOLDER = Path(__file__).parents[1]
_KEYS = {
    "answer_retention": "a2i.data.answerRetentionDays",
    "queue_max_age": "a2i.requests.queueMaxAge",
    "task_availability": "taskAvailability",
    "task_time_limit": "taskTimeLimit",
    "max_declines": "maxDeclines",
    "max_time_extensions": "maxTimeExtensions",
    "time_extension": "timeExtension",
    "answer_grace_period": "answerGracePeriod",
    "own_answers_shown_for": "ownAnswersShownFor",
    "review_title": "reviewTitle",
}
"""Keys of cdk.json by the parameters of the library that refusals name."""


class ReviewStack(Stack):
    """Human review with A2I custom task types, as the settings say."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: ReviewSettings) -> None:
        """Define runtime and reviewers, then a workflow for each flow."""
        super().__init__(
            scope, construct_id, description="Human review with Amazon A2I custom task types"
        )
        with _explained("a2i.requests"):
            self.runtime = self._make_runtime(settings)
            self._start_on_events(settings.requests)
        with _explained("a2i.workforce"):
            self.workforce = make_workforce(self, settings.workforce)
            self.workteam = make_workteam(self, settings.workforce, self.workforce)
        flows = Construct(self, "Flows")
        self.workflows: dict[str, HumanReviewWorkflow] = {}
        for index, flow in enumerate(settings.flows):
            with _explained(f"a2i.flows.{index}: flow {flow.name!r}"):
                self.workflows[flow.name] = self._make_workflow(flows, flow)
        self.monitoring = self._make_monitoring(settings.monitoring)
        self.reviewer_notification = self._make_reviewer_notification(settings.monitoring)
        with _explained("a2i.monitoring.digestTopicArn"):
            self.waiting_digest = self._make_waiting_digest(settings.monitoring)

    def _make_runtime(self, settings: ReviewSettings) -> ReviewRuntime:
        data = settings.data
        return ReviewRuntime(
            self,
            ReviewRuntime.CONSTRUCT_ID,
            key=_key(self, "Key", data.kms_key_arn) if data.kms_key_arn else None,
            former_keys=[
                _key(self, f"FormerKey{index}", arn)
                for index, arn in enumerate(data.former_kms_key_arns)
            ],
            former_buckets=[
                s3.Bucket.from_bucket_name(self, f"FormerBucket{index}", name)
                for index, name in enumerate(data.former_buckets)
            ],
            answer_retention=(
                Duration.days(data.answer_retention_days) if data.answer_retention_days else None
            ),
            removal_policy=REMOVAL[data.removal_policy],
            event_bus=events.EventBus(self, "EventBus") if settings.events.bus == "own" else None,
            queue_max_age=Duration.seconds(settings.requests.queue_max_age.total_seconds()),
            function_defaults=FunctionDefaults(
                tracing=settings.monitoring.tracing,
                log_key=_key(self, "LogKey", data.log_kms_key_arn)
                if data.log_kms_key_arn
                else None,
            ),
            backend=_backend(settings.backend),
        )

    def _start_on_events(self, requests: RequestSettings) -> None:
        if requests.event_sources:
            self.runtime.starter.start_on_event(
                "RequestEvents",
                event_bus=events.EventBus.from_event_bus_name(self, "RequestBus", "default"),
                event_pattern=events.EventPattern(
                    source=[*requests.event_sources], detail_type=[_REQUEST_EVENT]
                ),
            )

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
            event_bus=self.runtime.event_bus,
            topic=sns.Topic.from_topic_arn(self, "ReviewerTopic", topic),
        )

    def _make_waiting_digest(self, monitoring: MonitoringSettings) -> WaitingDigest | None:
        topic = monitoring.digest_topic_arn
        if topic is None:
            return None
        return WaitingDigest(
            self,
            "WaitingDigest",
            topic=sns.Topic.from_topic_arn(self, "DigestTopic", topic),
            interval=_duration(monitoring.digest_interval),
        )

    def _make_workflow(self, scope: Construct, flow: FlowSettings) -> HumanReviewWorkflow:
        return HumanReviewWorkflow(
            scope,
            flow.name,
            template=_template(flow.template),
            workteam=self.workteam,
            flow_name=flow.name,
            review_policy=ReviewPolicy.from_document(flow.review_when),
            consolidation=Consolidation(flow.consolidation),
            required_inputs=flow.required_inputs,
            runtime=self.runtime,
            task_title=flow.title,
            task_description=flow.description,
            task_count=flow.task_count,
            task_availability=_duration(flow.task_availability),
            task_time_limit=Duration.seconds(flow.task_time_limit.total_seconds()),
            task_keywords=flow.keywords,
            max_declines=flow.max_declines,
            time_extension=_duration(flow.time_extension),
            max_time_extensions=flow.max_time_extensions,
            answer_grace_period=_duration(flow.answer_grace_period),
            own_answers_shown_for=_duration(flow.own_answers_shown_for),
            review_title=flow.review_title,
        )


@contextmanager
def _explained(setting: str) -> Iterator[None]:
    """Name the setting that a construct refuses."""
    try:
        yield
    except ValueError as error:
        raise SettingsError(f"{setting}: {_in_keys_of_cdk_json(str(error))}") from error


def _in_keys_of_cdk_json(refusal: str) -> str:
    """Return a refusal of the library with cdk.json's keys in place of parameters."""
    refusal = re.sub("|".join(_KEYS), lambda name: _KEYS[name[0]], refusal)
    return re.sub(r"^[a-z]+(_[a-z]+)+(?= )", lambda name: to_camel(name[0]), refusal)


def _template(name: str) -> WorkerTaskTemplate:
    if name.endswith(".html"):
        return WorkerTaskTemplate.from_file(_APP_FOLDER / name)
    return WorkerTaskTemplate.from_bundled(name)


def _backend(settings: BackendSettings) -> ReviewBackend:
    make = ReviewBackend.account if settings.mode == "account" else ReviewBackend.a2i
    return make(drain=settings.drain)


def _duration(value: timedelta | None) -> Duration | None:
    return None if value is None else Duration.seconds(value.total_seconds())


def _key(scope: Construct, construct_id: str, arn: str) -> kms.IKey:
    return kms.Key.from_key_arn(scope, construct_id, arn)
