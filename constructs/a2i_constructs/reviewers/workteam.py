"""The team that a flow's tasks go to."""

import re
from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from aws_cdk import ArnFormat, RemovalPolicy, Resource, Stack, Token
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from a2i_constructs.functions.checks import check_length, check_pattern
from a2i_constructs.functions.names import path_in_stack, slug
from a2i_constructs.reviewers.private_workforce import IPrivateWorkforce
from a2i_constructs.reviewers.workteam_group import WorkteamGroup

MAX_DESCRIPTION_LENGTH = 200
_NAME_PATTERN = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
# The stack's mark and a number follow, with a hyphen before each: 63 characters at most.
_PREFIX_PATTERN = re.compile(r"(?=.{1,45}\Z)[a-zA-Z0-9](-*[a-zA-Z0-9])*")
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
        """Where its members sign in; unknown for an imported team."""


class WorkteamBase(Resource):
    """What defined and imported teams share."""

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
        """Where its members sign in; unknown for an imported team."""


class DefinedWorkteam(WorkteamBase):
    """What teams that a stack defines share: the resource, under the name of their group.

    A team that an update replaces or removes stays, with the people in it, while a retired flow
    definition has reviews pending for it. Then the reconciler deletes it.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, description: str, portal_url: str
    ) -> None:
        """Check what is the same for all; subclasses call `_make_workteam`.

        description: 1 to 200 characters.
        """
        super().__init__(scope, construct_id)
        check_length("description", description, minimum=1, maximum=MAX_DESCRIPTION_LENGTH)
        self._description = description
        self._portal_url = portal_url
        self.resource: sagemaker.CfnWorkteam

    @property
    def workteam_arn(self) -> str:
        """The ARN of the team; a token."""
        return self.resource.attr_workteam_arn

    @property
    def workteam_name(self) -> str:
        """The name of the team; a token."""
        return self.resource.attr_workteam_name

    @property
    def portal_url(self) -> str | None:
        """Where its members sign in; a token."""
        return self._portal_url

    def _make_workteam(
        self,
        members: sagemaker.CfnWorkteam.MemberDefinitionProperty,
        *,
        group: WorkteamGroup,
        workforce_name: str,
    ) -> sagemaker.CfnWorkteam:
        resource = sagemaker.CfnWorkteam(
            self,
            "Resource",
            description=self._description,
            member_definitions=[members],
            workforce_name=workforce_name,
            workteam_name=group.name,
        )
        resource.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        return resource


class Workteam(DefinedWorkteam):
    """A work team: a group of the workforce's user pool.

    Members of the group are reviewers at once. Default: a group without members; the names of group
    and team begin with the construct's path.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        workforce: IPrivateWorkforce,
        workers: Sequence[str] = (),
        description: str = "Reviews predictions",
        workteam_name: str | None = None,
    ) -> None:
        """Define the team.

        workers: e-mail addresses; each is invited once, however many teams name it. Taking one
            out of the list takes the person out of the team, and leaves the user in the pool.
        description: 1 to 200 characters.
        workteam_name: how the name begins, in 1 to 45 letters, digits and hyphens; changing it
            replaces the team. The stack's mark and a number follow.
        """
        super().__init__(
            scope, construct_id, description=description, portal_url=workforce.portal_url
        )
        if workteam_name is not None:
            allowed = "1 to 45 letters, digits and inner hyphens"
            check_pattern("workteam_name", workteam_name, _PREFIX_PATTERN, allowed)
        self._workforce = workforce
        self.group = self._make_group(workteam_name or slug(path_in_stack(self)))
        self.resource = self._make_workteam(
            self._members(), group=self.group, workforce_name=workforce.workforce_name
        )
        for email in workers:
            self.add_worker(email)

    @classmethod
    def from_workteam_arn(cls, scope: Construct, construct_id: str, workteam_arn: str) -> IWorkteam:
        """Use a team that exists: a private one, or a vendor's.

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
        _check_same_region(scope, workteam_arn)
        return _ImportedWorkteam(scope, construct_id, workteam_arn)

    def add_worker(self, email: str) -> None:
        """Invite a person into the team; naming one twice changes nothing."""
        self._workforce.check_worker(email)
        self.group.add_worker(email)

    def _make_group(self, prefix: str) -> WorkteamGroup:
        group = WorkteamGroup(
            self,
            "Group",
            prefix=prefix,
            workforce_name=self._workforce.workforce_name,
            user_pool=self._workforce.user_pool,
        )
        if self._workforce.invites_workers:
            group.name_people()
        return group

    def _members(self) -> sagemaker.CfnWorkteam.MemberDefinitionProperty:
        return sagemaker.CfnWorkteam.MemberDefinitionProperty(
            cognito_member_definition=sagemaker.CfnWorkteam.CognitoMemberDefinitionProperty(
                cognito_client_id=self._workforce.user_pool_client.user_pool_client_id,
                cognito_user_group=self.group.name,
                cognito_user_pool=self._workforce.user_pool.user_pool_id,
            )
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
