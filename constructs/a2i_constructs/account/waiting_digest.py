"""SNS message that tells reviewers how many reviews wait, for human loops in the account."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_sns as sns
from constructs import Construct

from a2i_constructs.account.human_loop_service import HumanLoopService
from a2i_constructs.account.human_loop_table import OFFERS
from a2i_constructs.backends.review_backend import ReviewBackend
from a2i_constructs.functions import permissions
from a2i_constructs.functions.checks import check_at_least, check_at_most
from a2i_constructs.functions.grants import grant

MIN_INTERVAL = Duration.minutes(5)
MAX_INTERVAL = Duration.days(7)


class WaitingDigest(Construct):
    """Digest of waiting reviews: at most one message to an SNS topic in an interval.

    The message has for each work team how many reviews wait and since when the oldest does, and the
    portal's address; nothing of their content. While nothing waits, there is none.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        topic: sns.ITopic,
        interval: Duration | None = None,
    ) -> None:
        """Let the stack's clock send it.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            topic: Reviewers subscribe to it. The key of an encrypted topic that is imported must
                let the clock's role use it.
            interval: Shortest time between two messages, 5 minutes to 7 days. Default: an hour.

        Raises:
            ValueError: The stack's human loops are not in the account, or the interval is outside
                its limits.
        """
        super().__init__(scope, construct_id)
        every = interval or Duration.hours(1)
        check_at_least("interval", every, MIN_INTERVAL)
        check_at_most("interval", every, MAX_INTERVAL)
        backend = ReviewBackend.of(self).names[0]
        if backend != "account":
            raise ValueError(
                f"WaitingDigest needs human loops in the account, got backend {backend!r}: A2I "
                "does not tell what waits; use ReviewerNotification"
            )
        service = HumanLoopService.of(self)
        for name, value in {
            "A2I_DIGEST_TOPIC_ARN": topic.topic_arn,
            "A2I_DIGEST_INTERVAL_SECONDS": str(every.to_seconds()),
            "A2I_DIGEST_STACK_NAME": Stack.of(service).stack_name,
            "A2I_DIGEST_PORTAL_URL": f"{service.api.endpoint}/",
        }.items():
            service.clock.add_environment(name, value)
        service.table.grant_query(service.clock, OFFERS)
        grant(service.clock, permissions.PUBLISH, topic.topic_arn)
        if topic.master_key is not None:
            topic.master_key.grant(service.clock, *permissions.ENCRYPT)
