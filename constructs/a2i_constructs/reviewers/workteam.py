"""Work teams: the people that a flow's tasks go to."""

import re
from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from aws_cdk import ArnFormat, Aws, CfnResource, Fn, RemovalPolicy, Resource, Stack, Token
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from a2i_constructs.backends.review_backend import ReviewBackend, WorkteamRequest
from a2i_constructs.functions.checks import check_length, check_pattern
from a2i_constructs.functions.names import path_in_stack
from a2i_constructs.reviewers.private_workforce import IPrivateWorkforce
from a2i_constructs.reviewers.sign_in import SignIn
from a2i_constructs.reviewers.stack_reviewers import StackReviewers, keep_when_replaced
from a2i_constructs.reviewers.team_members import TeamMembers
from a2i_core.names import group_description

MAX_DESCRIPTION_LENGTH = 200
_NAME_PATTERN = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
_ARN_PATTERN = re.compile(
    r"arn:[^:]+:sagemaker:[a-z0-9-]+:\d{12}:workteam/"
    rf"(private|vendor)-crowd/{_NAME_PATTERN.pattern}"
)
_PUBLIC_CROWD = ":workteam/public-crowd/"


class IWorkteam(Protocol):
    """A work team, defined here or elsewhere."""

    @property
    def workteam_arn(self) -> str:
        """The ARN of the team."""

    @property
    def workteam_name(self) -> str:
        """The name of the team."""

    @property
    def portal_url(self) -> str | None:
        """Address of the worker portal; None for an imported team."""


class WorkteamBase(Resource):
    """Attributes that defined and imported work teams share."""

    @property
    @abstractmethod
    def workteam_arn(self) -> str:
        """The ARN of the team."""

    @property
    @abstractmethod
    def workteam_name(self) -> str:
        """The name of the team."""

    @property
    @abstractmethod
    def portal_url(self) -> str | None:
        """Address of the worker portal; None for an imported team."""


class DefinedWorkteam(WorkteamBase):
    """Base of work teams that a stack defines; subclasses set ARN and resource.

    A team that an update replaces stays, with the people in it, for reviews that are pending;
    `a2i flow prune` deletes it afterwards. One that leaves the template with its stack, or before,
    follows the removal policy of its workforce.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        portal_url: str,
        removal_policy: RemovalPolicy,
    ) -> None:
        """Check what is the same for all."""
        super().__init__(scope, construct_id)
        check_length("description", description, minimum=1, maximum=MAX_DESCRIPTION_LENGTH)
        self.removal_policy = removal_policy
        self._portal_url = portal_url
        self.resource: CfnResource
        self._arn: str
        StackReviewers.of(self).teams[path_in_stack(self)] = self

    @property
    def workteam_arn(self) -> str:
        """The ARN of the team; a token."""
        return self._arn

    @property
    def workteam_name(self) -> str:
        """The name of the team; a token."""
        return Fn.select(2, Fn.split("/", self.workteam_arn))

    @property
    def portal_url(self) -> str | None:
        """Address of the worker portal; a token."""
        return self._portal_url


class Workteam(DefinedWorkteam):
    """A work team: a group of the workforce's user pool.

    Members of the group are reviewers at once. Default: a group without members.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        workforce: IPrivateWorkforce,
        workers: Sequence[str] = (),
        description: str = "Reviews predictions",
    ) -> None:
        """Define the team.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            workforce: Whose people review.
            workers: E-mail addresses; each is invited once, however many teams name it. Taking one
                out of the list takes the person out of the team, and leaves the user in the pool.
            description: 1 to 200 characters.

        Raises:
            ValueError: Something that the service would refuse, or too many workers.
        """
        super().__init__(
            scope,
            construct_id,
            description=description,
            portal_url=workforce.portal_url,
            removal_policy=workforce.removal_policy,
        )
        self._workforce = workforce
        self.group = self._make_group()
        parts = ReviewBackend.of(self).make_workteam(
            WorkteamRequest(
                scope=self,
                description=description,
                workforce=workforce,
                group=self.group,
                removal_policy=workforce.removal_policy,
            )
        )
        self.resource, self._arn = parts.resource, parts.workteam_arn
        self.members = self._make_members(workforce.sign_in) if workforce.sign_in else None
        for email in workers:
            self.add_worker(email)

    @classmethod
    def from_workteam_arn(cls, scope: Construct, construct_id: str, workteam_arn: str) -> IWorkteam:
        """Use the team `workteam_arn` that exists: a private one, or a vendor's.

        Raises:
            ValueError: the ARN names something else, the public team, or another region's team.
        """
        if _PUBLIC_CROWD in workteam_arn:
            raise ValueError(
                f"workteam_arn must name a private or a vendor's team, got {workteam_arn!r}: the "
                "public team ended when Amazon Mechanical Turk closed on 2026-09-30"
            )
        allowed = (
            "the ARN of a work team, arn:aws:sagemaker:<region>:<account>:workteam/ and "
            "private-crowd/<name> or vendor-crowd/<name>"
        )
        check_pattern("workteam_arn", workteam_arn, _ARN_PATTERN, allowed)
        ReviewBackend.of(scope).check_sagemaker("a work team that exists", scope)
        _check_same_region(scope, workteam_arn)
        return _ImportedWorkteam(scope, construct_id, workteam_arn)

    def add_worker(self, email: str) -> None:
        """Invite the person of an address into the team; naming one twice changes nothing.

        Args:
            email: The person's e-mail address.

        Raises:
            ValueError: No address, too many, or people of this workforce are managed elsewhere.
        """
        self._workforce.check_worker(email)
        if self.members:
            self.members.add(email)

    def _make_group(self) -> cognito.CfnUserPoolGroup:
        group = cognito.CfnUserPoolGroup(
            self,
            "Group",
            description=group_description(Aws.STACK_ID),
            user_pool_id=self._workforce.user_pool.user_pool_id,
        )
        keep_when_replaced(group, self.removal_policy)
        return group

    def _make_members(self, sign_in: SignIn) -> TeamMembers:
        return TeamMembers(
            self,
            "Members",
            group=self.group,
            user_pool=self._workforce.user_pool,
            sign_in=sign_in,
        )


def _check_same_region(scope: Construct, workteam_arn: str) -> None:
    region = Stack.of(scope).region
    if Token.is_unresolved(workteam_arn) or Token.is_unresolved(region):
        return
    if workteam_arn.split(":")[3] != region:
        raise ValueError(
            f"workteam_arn must be of the stack's region {region}, got {workteam_arn!r}: use a "
            "team of that region"
        )


class _ImportedWorkteam(WorkteamBase):
    def __init__(self, scope: Construct, construct_id: str, workteam_arn: str) -> None:
        super().__init__(scope, construct_id, environment_from_arn=workteam_arn)
        self._arn = workteam_arn

    @property
    def workteam_arn(self) -> str:
        return self._arn

    @property
    def workteam_name(self) -> str:
        if Token.is_unresolved(self._arn):
            parts = Stack.of(self).split_arn(
                self._arn, ArnFormat.SLASH_RESOURCE_SLASH_RESOURCE_NAME
            )
            return str(parts.resource_name)
        return self._arn.rpartition("/")[2]

    @property
    def portal_url(self) -> str | None:
        return None
