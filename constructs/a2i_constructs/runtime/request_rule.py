"""The rule that turns events into requests in the starter's queue."""

from collections.abc import Mapping

from aws_cdk import Aws, Duration, Names, Stack, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from a2i_constructs.functions import permissions
from a2i_constructs.runtime.review_events import DEFAULT_EVENT_BUS
from a2i_core.names import REVIEW_EVENT_SOURCE

_REQUIRED_FIELDS = {"requestUri", "reviewId"}
_REQUEST_FIELDS = {"flow", *_REQUIRED_FIELDS}
_MAX_RULE_NAME_LENGTH = 64


class RequestRule(Construct):
    """A rule whose target is the starter's queue; what cannot be delivered goes to the other one.

    The queue, not the function, since it brings batches, the cap on concurrency, and growing
    delays. The L2 target would let EventBridge into the queue from any rule, and grant more of the
    key than sending takes, so both are granted here, to this rule alone.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        event_pattern: events.EventPattern,
        event_bus: events.IEventBus,
        request: Mapping[str, str] | None,
        queue: sqs.Queue,
        dead_letter_queue: sqs.Queue,
        key: kms.IKey,
    ) -> None:
        """Raises ValueError for a pattern or a request that cannot work."""
        super().__init__(scope, construct_id)
        _check_sources(event_pattern.source)
        _check_request(request)
        # A name that is known beforehand: the key's policy can tell it without waiting for the
        # rule, which waits for the queue, which waits for the key.
        name = Names.unique_resource_name(self, max_length=_MAX_RULE_NAME_LENGTH, separator="-")
        self.rule = events.Rule(
            self,
            "Rule",
            description="Events that ask for a review",
            event_bus=event_bus,
            event_pattern=event_pattern,
            rule_name=name,
            targets=[self._target(queue, dead_letter_queue, request)],
        )
        self._dimensions = _dimensions(name, event_bus)
        for each in (queue, dead_letter_queue):
            self._grant_send(each)
        self._grant_key(key, name)

    def metric_undelivered(self) -> cloudwatch.Metric:
        """Events that reached neither queue (sum)."""
        return cloudwatch.Metric(
            namespace="AWS/Events",
            metric_name="InvocationsFailedToBeSentToDlq",
            dimensions_map=self._dimensions,
            period=Duration.minutes(5),
            statistic="Sum",
        )

    def _target(
        self, queue: sqs.Queue, dead_letter_queue: sqs.Queue, request: Mapping[str, str] | None
    ) -> targets.SqsQueue:
        """Made of imported queues, which the target leaves alone."""
        return targets.SqsQueue(
            sqs.Queue.from_queue_arn(self, "Queue", queue.queue_arn),
            dead_letter_queue=sqs.Queue.from_queue_arn(
                self, "DeadLetterQueue", dead_letter_queue.queue_arn
            ),
            message=None if request is None else events.RuleTargetInput.from_object({**request}),
        )

    def _grant_send(self, queue: sqs.Queue) -> None:
        queue.add_to_resource_policy(
            iam.PolicyStatement(
                actions=permissions.SEND_MESSAGE,
                conditions={"ArnEquals": {"aws:SourceArn": self.rule.rule_arn}},
                principals=[iam.ServicePrincipal("events.amazonaws.com")],
                resources=[queue.queue_arn],
            )
        )

    def _grant_key(self, key: kms.IKey, rule_name: str) -> None:
        """An imported key takes no statement: its owner adds this one."""
        rules = [
            Stack.of(self).format_arn(service="events", resource="rule", resource_name=resource)
            for resource in (rule_name, f"*/{rule_name}")  # the latter on a bus with a name
        ]
        key.add_to_resource_policy(
            iam.PolicyStatement(
                actions=permissions.ENCRYPT,
                conditions={
                    "ArnLike": {"aws:SourceArn": rules},
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                },
                principals=[iam.ServicePrincipal("events.amazonaws.com")],
                resources=["*"],
            )
        )


def _dimensions(rule_name: str, event_bus: events.IEventBus) -> dict[str, str]:
    """EventBridge names the bus of a rule unless it is the default one."""
    on_default_bus = event_bus.event_bus_name == DEFAULT_EVENT_BUS
    bus = {} if on_default_bus else {"EventBusName": event_bus.event_bus_name}
    return {**bus, "RuleName": rule_name}


def _check_sources(sources: list[str] | None) -> None:
    """Our own events must not come back as requests, so the sources have to be known."""
    if not sources or Token.is_unresolved(sources) or any(map(Token.is_unresolved, sources)):
        raise ValueError(
            f"event_pattern must name its sources as plain text, got {sources!r}: "
            "events of any source would include the starter's own"
        )
    if REVIEW_EVENT_SOURCE in sources:
        raise ValueError(
            f"event_pattern must not have source {REVIEW_EVENT_SOURCE!r}: the starter's own events "
            "would come back to it; send events of a source of your own"
        )


def _check_request(request: Mapping[str, str] | None) -> None:
    if request is None:
        return
    given = set(request)
    if not _REQUIRED_FIELDS <= given <= _REQUEST_FIELDS:
        raise ValueError(
            f"request must have reviewId and requestUri, and may have flow, got {sorted(given)}: "
            "content goes into the object that requestUri names"
        )
