"""The groups of a user pool that stand behind work teams: their members are reviewers at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from a2i_shared.telemetry import logger

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


@dataclass(frozen=True)
class Groups:
    cognito: CognitoIdentityProviderClient
    user_pool_id: str

    def create(self, name: str) -> None:
        """Have a group of this name."""
        with suppress(self.cognito.exceptions.GroupExistsException):
            self.cognito.create_group(UserPoolId=self.user_pool_id, GroupName=name)

    def fill(self, name: str, *, workers: Iterable[str], former: Iterable[str]) -> None:
        """Have these people in the group, inviting those whom the pool does not know.

        Of `former` those who are not named any more are taken out; who was added by other means
        stays. Users are never deleted: they may be in other groups.
        """
        for email in workers:
            self._add(name, email)
        for email in sorted(set(former) - set(workers)):
            self._take_out(name, email)

    def containing(self, mark: str) -> Iterator[str]:
        """Names of the groups that hold the mark; none where the pool is gone."""
        pages = self.cognito.get_paginator("list_groups").paginate(UserPoolId=self.user_pool_id)
        with suppress(self.cognito.exceptions.ResourceNotFoundException):
            for page in pages:
                yield from (
                    group["GroupName"] for group in page["Groups"] if mark in group["GroupName"]
                )

    def delete(self, name: str) -> None:
        """Delete a group, which leaves its members in the pool."""
        with suppress(self.cognito.exceptions.ResourceNotFoundException):
            self.cognito.delete_group(UserPoolId=self.user_pool_id, GroupName=name)
        logger.info("deleted group", group=name)

    def _add(self, group: str, email: str) -> None:
        with suppress(self.cognito.exceptions.UsernameExistsException):
            self.cognito.admin_create_user(
                UserPoolId=self.user_pool_id,
                Username=email,
                UserAttributes=[
                    {"Name": "email", "Value": email},
                    {"Name": "email_verified", "Value": "true"},
                ],
                DesiredDeliveryMediums=["EMAIL"],
            )
        self.cognito.admin_add_user_to_group(
            UserPoolId=self.user_pool_id, GroupName=group, Username=email
        )

    def _take_out(self, group: str, email: str) -> None:
        with suppress(self.cognito.exceptions.UserNotFoundException):
            self.cognito.admin_remove_user_from_group(
                UserPoolId=self.user_pool_id, GroupName=group, Username=email
            )
