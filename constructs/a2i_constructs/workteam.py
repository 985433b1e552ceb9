"""The team that a flow's tasks go to."""

import re
from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from aws_cdk import ArnFormat, Resource, Stack, Token
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from a2i_constructs._checks import check_length, check_pattern
from a2i_constructs._names import path_in_stack, slug, stack_hash
from a2i_constructs.crowd import Crowd
from a2i_constructs.private_workforce import IPrivateWorkforce

MAX_DESCRIPTION_LENGTH = 200
_NAME_PATTERN = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
# The public team belongs to AWS: the account and the name are the same in every region.
_ARN_PATTERN = re.compile(
    r"arn:[^:]+:sagemaker:[a-z0-9-]+:"
    rf"(\d{{12}}:workteam/(private|vendor)-crowd/{_NAME_PATTERN.pattern}"
    r"|394669845002:workteam/public-crowd/default)"
)


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

    @property
    def crowd(self) -> Crowd | None:
        """Who its workers are; None where only the deployment knows."""


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

    @property
    def crowd(self) -> Crowd | None:
        """Who its workers are: people of the private workforce, unless it is imported."""
        return Crowd.PRIVATE


class Workteam(WorkteamBase):
    """A work team: a group of the workforce's user pool.

    Members of the group are reviewers at once. Default: a group without members; its name and the
    team's are made from the construct's path and the stack.
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
            out of the list takes the person out of the team.
        description: 1 to 200 characters.
        workteam_name: 1 to 63 letters, digits and hyphens; changing it replaces the team.
        """
        super().__init__(scope, construct_id)
        check_length("description", description, minimum=1, maximum=MAX_DESCRIPTION_LENGTH)
        if workteam_name is not None:
            allowed = "1 to 63 letters, digits and inner hyphens"
            check_pattern("workteam_name", workteam_name, _NAME_PATTERN, allowed)
        name = workteam_name or f"{slug(path_in_stack(self))}-{stack_hash()}"
        self._workforce = workforce
        self.group = self._make_group(name)
        self.resource = self._make_workteam(name, description)
        self._members = Construct(self, "Members")
        for email in workers:
            self.add_worker(email)

    @classmethod
    def from_workteam_arn(cls, scope: Construct, construct_id: str, workteam_arn: str) -> IWorkteam:
        """Use a team that exists: a private one, a vendor's, or the public one.

        The public team, Mechanical Turk, is
        `arn:aws:sagemaker:<region>:394669845002:workteam/public-crowd/default`; a flow that uses it
        needs `content_classifiers` and a `task_price`. Raises ValueError for anything else.
        """
        allowed = (
            "the ARN of a work team, arn:aws:sagemaker:<region>:<account>:workteam/ and "
            "private-crowd/<name> or vendor-crowd/<name>, or that of the public one, "
            "arn:aws:sagemaker:<region>:394669845002:workteam/public-crowd/default"
        )
        check_pattern("workteam_arn", workteam_arn, _ARN_PATTERN, allowed)
        _check_same_region(scope, workteam_arn)
        return _ImportedWorkteam(scope, construct_id, workteam_arn)

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
        return self._workforce.portal_url

    def add_worker(self, email: str) -> None:
        """Invite a person into the team; naming one twice changes nothing."""
        if self._members.node.try_find_child(email):
            return
        worker = self._workforce.add_worker(email)
        membership = cognito.CfnUserPoolUserToGroupAttachment(
            self._members,
            email,
            group_name=self.group.ref,
            user_pool_id=self._workforce.user_pool.user_pool_id,
            username=email,
        )
        membership.node.add_dependency(worker)

    def _make_group(self, name: str) -> cognito.CfnUserPoolGroup:
        return cognito.CfnUserPoolGroup(
            self, "Group", user_pool_id=self._workforce.user_pool.user_pool_id, group_name=name
        )

    def _make_workteam(self, name: str, description: str) -> sagemaker.CfnWorkteam:
        members = sagemaker.CfnWorkteam.CognitoMemberDefinitionProperty(
            cognito_client_id=self._workforce.user_pool_client.user_pool_client_id,
            cognito_user_group=self.group.ref,
            cognito_user_pool=self._workforce.user_pool.user_pool_id,
        )
        return sagemaker.CfnWorkteam(
            self,
            "Resource",
            description=description,
            member_definitions=[
                sagemaker.CfnWorkteam.MemberDefinitionProperty(cognito_member_definition=members)
            ],
            workforce_name=self._workforce.workforce_name,
            workteam_name=name,
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

    @property
    def crowd(self) -> Crowd | None:
        return Crowd.of_arn(self._arn)
