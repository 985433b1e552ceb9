"""Limits the mail that Cognito sends by itself to 50 messages a day, as every account's is.

MiniStack sends any number. A user whose invitation cannot be sent exists all the same, so that
whoever repeats the call is told that the user exists, and nobody is invited.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from ministack.core.responses import error_response_json, get_account_id
from ministack.services import cognito

MESSAGES_A_DAY = 50


class _QuotaReached(Exception):  # noqa: N818 - it becomes the error of the API
    """The account has sent all the mail that it may send today."""


def limit_invitations(today: Callable[[], date] = lambda: datetime.now(UTC).date()) -> None:
    """Replace MiniStack's mail and AdminCreateUser by ones that know the quota."""
    deliver, invite = cognito._deliver_cognito_email, cognito._deliver_invitation_email
    create = cognito._admin_create_user
    sent: Counter[tuple[str, date]] = Counter()

    def deliver_and_count(pool: dict[str, Any], *message: Any, **more: Any) -> Any:
        if _uses_cognitos_sender(pool):
            sent[get_account_id(), today()] += 1
        return deliver(pool, *message, **more)

    def invite_within_quota(pool: dict[str, Any], *message: Any) -> Any:
        if _uses_cognitos_sender(pool) and sent[get_account_id(), today()] >= MESSAGES_A_DAY:
            raise _QuotaReached
        return invite(pool, *message)

    def create_user(request: dict[str, Any]) -> Any:
        try:
            return create(request)
        except _QuotaReached:
            return error_response_json(
                "LimitExceededException",
                "Exceeded daily email limit for the operation or the account. If a higher limit is"
                " required, please configure your user pool to use your own Amazon SES"
                " configuration for sending email.",
                400,
            )

    cognito._deliver_cognito_email = deliver_and_count
    cognito._deliver_invitation_email = invite_within_quota
    cognito._admin_create_user = create_user


def _uses_cognitos_sender(pool: dict[str, Any]) -> bool:
    sender = pool.get("EmailConfiguration") or {}
    return bool(sender.get("EmailSendingAccount", "COGNITO_DEFAULT") == "COGNITO_DEFAULT")
