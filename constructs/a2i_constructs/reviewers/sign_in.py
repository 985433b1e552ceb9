"""Custom resource that tells app client and invitations of a workforce the portal's address."""

import inspect
import json
from typing import Any

import jsii
from aws_cdk import (
    CfnResource,
    CustomResource,
    Duration,
    IStableListProducer,
    IStableStringProducer,
    Lazy,
    Stack,
)
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from a2i_constructs.functions import permissions
from a2i_constructs.functions.grants import grant
from a2i_constructs.functions.names import digest
from a2i_constructs.functions.resource_provider import SERVICE_TIMEOUT, ResourceProvider


class SignIn(Construct):
    """Sign-in settings that need the portal's address, which needs the workforce.

    SageMaker writes them into the app client once, and CreateWorkteam may do so again; a later
    update of the client or the pool by CloudFormation would reset them. So they are applied after
    the workforce and its teams, and again whenever the template changes any of these.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        user_pool: cognito.IUserPool,
        user_pool_client: cognito.IUserPoolClient | None,
        sub_domain: str,
        invite: bool = True,
    ) -> None:
        """Define the custom resource.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            user_pool: One that is imported keeps its own words in invitations.
            user_pool_client: Client that the portal signs reviewers in with; None for one that
                has all it needs.
            sub_domain: Host name of the portal; a token.
            invite: Invitations name the portal.
        """
        super().__init__(scope, construct_id)
        self.teams: list[sagemaker.CfnWorkteam] = []
        self.provider = ResourceProvider(
            self,
            "Provider",
            folder="sign_in",
            description="Opens app client and invitations to the worker portal",
            timeout=Duration.minutes(1),
        )
        function, pool_arn = self.provider.on_event, user_pool.user_pool_arn
        if user_pool_client:
            grant(function, permissions.SET_UP_SIGN_IN, pool_arn)
        own_pool = user_pool.node.default_child if invite else None
        if own_pool:
            grant(function, permissions.SET_INVITATION, pool_arn)
        self.resource = CustomResource(
            self,
            "Resource",
            resource_type="Custom::A2ISignIn",
            service_token=self.provider.service_token,
            service_timeout=SERVICE_TIMEOUT,
            properties={
                "UserPoolId": user_pool.user_pool_id,
                **({"ClientId": user_pool_client.user_pool_client_id} if user_pool_client else {}),
                "SubDomain": sub_domain,
                **({"Invitation": _invitation(sub_domain)} if own_pool else {}),
                "Revision": Lazy.string(_Revision(self, own_pool, user_pool_client)),
                "Teams": Lazy.list(_TeamArns(self)),
            },
        )

    def follow(self, team: sagemaker.CfnWorkteam) -> None:
        """Apply the settings after a team was created, replaced or changed."""
        self.teams.append(team)


@jsii.implements(IStableListProducer)
class _TeamArns:
    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in

    def produce(self) -> list[str]:
        return [team.attr_workteam_arn for team in self._sign_in.teams]


@jsii.implements(IStableStringProducer)
class _Revision:
    """Digest of the settings of pool, client and teams."""

    def __init__(self, sign_in: SignIn, *parts: Any) -> None:
        self._sign_in = sign_in
        self._parts = parts

    def produce(self) -> str:
        resources = [
            part if isinstance(part, CfnResource) else part.node.default_child
            for part in self._parts
            if part
        ]
        return digest(*(_settings(each) for each in (*resources, *self._sign_in.teams) if each))


def _settings(resource: Any) -> str:
    """The properties of an L1, its tags included, as JSON."""
    names = [
        name
        for name, member in inspect.getmembers(type(resource))
        if isinstance(member, property) and member.fset
    ]
    values = {name: getattr(resource, name) for name in names}
    tags = getattr(resource, "tags", None)
    return json.dumps(
        Stack.of(resource).resolve([values, tags and tags.render_tags()]),
        sort_keys=True,
        default=str,
    )


def _invitation(sub_domain: str) -> dict[str, str]:
    """Cognito refuses a message without its two placeholders."""
    portal = f"https://{sub_domain}"
    return {
        "EmailSubject": "You are invited to review predictions",
        "EmailMessage": (
            f'<p>Reviews wait for you at <a href="{portal}">{portal}</a>.</p>'
            "<p>User name: {username}<br>Temporary password: {####}</p>"
            "<p>You choose a password of your own when you first sign in.</p>"
        ),
    }
