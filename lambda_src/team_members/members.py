"""The members of a user pool's group: they are reviewers of its work team at once."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from a2i_shared.errors import InvitationsNotSentError
from a2i_shared.telemetry import logger

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

_NOT_SENT = {"CodeDeliveryFailureException", "LimitExceededException"}
"""Cognito creates the user nevertheless."""


@dataclass(frozen=True)
class TeamMembers:
    """One group of a user pool."""

    cognito: CognitoIdentityProviderClient
    user_pool_id: str
    group: str

    def add(self, emails: Iterable[str]) -> None:
        """Invite people whom the pool does not know, and put all of them into the group.

        Who is in no group yet has been created by an attempt whose mail failed, and is invited
        again: only what was sent is followed by a membership.

        Raises:
            InvitationsNotSentError: Some mails were not sent. All others were; the same call again
                sends the missing ones.
        """
        reasons = [reason for email in emails if (reason := self._add(email)) is not None]
        if reasons:
            raise InvitationsNotSentError(
                f"{len(reasons)} invitations were not sent ({reasons[0]}): Cognito's own mail "
                "sender takes 50 a day; deploy again tomorrow, which sends these only, or invite "
                "people with 'a2i worker add'"
            )

    def remove(self, emails: Iterable[str]) -> None:
        """Take people out of the group; the users stay."""
        for email in emails:
            with suppress(self.cognito.exceptions.UserNotFoundException):
                self.cognito.admin_remove_user_from_group(
                    UserPoolId=self.user_pool_id, GroupName=self.group, Username=email
                )

    def _add(self, email: str) -> str | None:
        """Return the code of the error that kept the mail from being sent, or None."""
        try:
            self._invite(email)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in _NOT_SENT:
                raise
            logger.warning("invitation not sent", error_code=code)
            return code
        self.cognito.admin_add_user_to_group(
            UserPoolId=self.user_pool_id, GroupName=self.group, Username=email
        )
        return None

    def _invite(self, email: str) -> None:
        try:
            self.cognito.admin_create_user(
                UserPoolId=self.user_pool_id,
                Username=email,
                UserAttributes=[
                    {"Name": "email", "Value": email},
                    {"Name": "email_verified", "Value": "true"},
                ],
                DesiredDeliveryMediums=["EMAIL"],
            )
        except self.cognito.exceptions.UsernameExistsException:
            if not self._is_in_a_group(email):
                self._invite_again(email)

    def _is_in_a_group(self, email: str) -> bool:
        found = self.cognito.admin_list_groups_for_user(
            UserPoolId=self.user_pool_id, Username=email, Limit=1
        )
        return bool(found["Groups"])

    def _invite_again(self, email: str) -> None:
        with suppress(self.cognito.exceptions.UnsupportedUserStateException):  # has signed in
            self.cognito.admin_create_user(
                UserPoolId=self.user_pool_id,
                Username=email,
                MessageAction="RESEND",
                DesiredDeliveryMediums=["EMAIL"],
            )
