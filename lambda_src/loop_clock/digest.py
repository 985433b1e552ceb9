"""SNS message about tasks that wait for reviewers: numbers and ages, never content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from botocore.exceptions import ClientError

from a2i_account.dynamodb_loops import DynamoDbLoops
from a2i_account.loop_items import from_item, to_item
from a2i_core.human_loops.instants import iso_milliseconds
from a2i_shared.service_errors import code_of

_STATE = {"pk": "DIGEST", "sk": "SENT"}


class Publisher(Protocol):
    """What is used of boto3's `sns` client."""

    def publish(self, *, TopicArn: str, Subject: str, Message: str) -> Any:  # noqa: N803
        """Send a message to a topic."""


@dataclass(frozen=True)
class WaitingDigest:
    """Sends at most one message in an interval, and none while nothing waits.

    The interval is claimed in the table before the message is sent: of two clocks that run at the
    same time one sends, and a message whose sending fails is not repeated before the next interval.
    """

    loops: DynamoDbLoops
    sns: Publisher
    topic_arn: str
    interval: timedelta
    stack_name: str
    portal_url: str
    clock: Callable[[], datetime]

    def send_if_due(self) -> bool:
        """Send the message if it is time and tasks wait; return whether it was sent."""
        now = self.clock()
        if not self._is_due(now):
            return False
        teams = sorted({each.team_arn for each in self.loops.definitions.all()})
        found = [self._line(team, is_only=len(teams) == 1) for team in teams]
        lines = [line for line in found if line is not None]
        if not lines or not self._claim(now):
            return False
        self.sns.publish(
            TopicArn=self.topic_arn,
            Subject=f"{self.stack_name}: reviews wait"[:100],  # what SNS takes
            Message="\n".join([*lines, f"Answer them at {self.portal_url}"]),
        )
        return True

    def _line(self, team_arn: str, *, is_only: bool) -> str | None:
        """Return what waits for a team, by its name where there are others; None for nothing."""
        count, oldest = self.loops.offered_count([team_arn]), self.loops.oldest_offer(team_arn)
        if not count or oldest is None:
            return None
        wait = "review waits" if count == 1 else "reviews wait"
        since = f"{oldest.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        team = "" if is_only else f" for {team_arn.rpartition('/')[2]}"
        return f"{count} {wait}{team}, the oldest since {since}"

    def _is_due(self, now: datetime) -> bool:
        found = self.loops.dynamodb.get_item(
            TableName=self.loops.table, Key=to_item(_STATE), ConsistentRead=True
        )
        if "Item" not in found:
            return True
        return bool(from_item(found["Item"])["sentAt"] <= iso_milliseconds(now - self.interval))

    def _claim(self, now: datetime) -> bool:
        try:
            self.loops.dynamodb.put_item(
                TableName=self.loops.table,
                Item=to_item({**_STATE, "sentAt": iso_milliseconds(now)}),
                ConditionExpression="attribute_not_exists(sentAt) OR sentAt <= :before",
                ExpressionAttributeValues=to_item(
                    {":before": iso_milliseconds(now - self.interval)}
                ),
            )
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                return False
            raise
        return True
