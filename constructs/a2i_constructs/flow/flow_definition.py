"""The A2I human review workflow: what to ask, whom, and where the answers go."""

from collections.abc import Mapping, Sequence
from typing import Any

import jsii
from aws_cdk import CustomResource, Duration, ITaggable, Stack, TagManager, TagType
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from a2i_constructs.flow.flow_definition_base import (
    FlowDefinitionBase,
    IFlowDefinition,
    ImportedFlowDefinition,
)
from a2i_constructs.flow.flow_definition_provider import FlowDefinitionProvider
from a2i_constructs.flow.flow_role import make_flow_role
from a2i_constructs.flow.human_task_ui import IHumanTaskUi
from a2i_constructs.flow.task import DEFAULT_TIME_LIMIT, TaskProps, check_task, task_fields
from a2i_constructs.functions import permissions
from a2i_constructs.functions.checks import check_length, check_pattern
from a2i_constructs.functions.names import MAX_SLUG_LENGTH, SLUG_PATTERN, stack_hash
from a2i_constructs.reviewers.workteam import IWorkteam
from a2i_constructs.storage.review_buckets import ReviewBuckets

RESOURCE_TYPE = "Custom::A2IFlowDefinition"
# Above that of `Tags.of`, which is 100: what is said of this very definition wins.
_TAG_PRIORITY = 300
_NAME_ALLOWED = "lower case letters, digits and inner hyphens"


@jsii.implements(ITaggable)
class FlowDefinition(FlowDefinitionBase):
    """A flow definition for a custom task type.

    A2I cannot change one: each change makes a new flow definition, switches to it, and then removes
    the old one; tags alone change in place. Its role may read the input bucket, write below its own
    name in the output bucket and use the key.

    `Tags.of` reaches it. Tags of the stack that only the deployment knows come at the next change.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        flow_name: str,
        human_task_ui: IHumanTaskUi,
        workteam: IWorkteam,
        buckets: ReviewBuckets,
        task_title: str,
        task_description: str,
        task_count: int = 1,
        task_availability: Duration | None = None,
        task_time_limit: Duration = DEFAULT_TIME_LIMIT,
        task_keywords: Sequence[str] = (),
        role: iam.IRole | None = None,
        provider: FlowDefinitionProvider | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Define the flow.

        flow_name: 1 to 40 lower case letters, digits and inner hyphens; unique in the stack. It
            stays the same when the flow definition is replaced.
        task_title: 1 to 128 characters, shown in the worker portal's list.
        task_description: 1 to 255 characters in a single line.
        task_count: how many different reviewers answer, 1 to 3.
        task_availability: how long a task waits to be finished. Default: the service's own.
        task_time_limit: how long one reviewer may hold a task, at least 30 seconds.
        task_keywords: up to 5, of 1 to 30 letters, digits and single spaces.
        role: must trust sagemaker.amazonaws.com; gets the permissions unless it is imported as
            immutable, and has to stay for as long as reviews that began with it are pending.
            Default: a new role, which does.
        provider: Default: the stack's own.
        tags: win over what `Tags.of` says of a scope around it.
        """
        super().__init__(scope, construct_id)
        check_pattern("flow_name", flow_name, SLUG_PATTERN, _NAME_ALLOWED)
        check_length("flow_name", flow_name, minimum=1, maximum=MAX_SLUG_LENGTH)
        task = TaskProps(
            task_title=task_title,
            task_description=task_description,
            task_count=task_count,
            task_availability=task_availability,
            task_time_limit=task_time_limit,
            task_keywords=task_keywords,
        )
        check_task(task)
        self.flow_name = flow_name
        self.task_availability = task_availability
        self.task_time_limit = task_time_limit
        self.buckets = buckets
        self.role = role or self._make_role()
        if role:
            self._grant_access(role)
        self.provider = provider or FlowDefinitionProvider.of(self)
        self.provider.allow_role(self.role)
        self._tags = _tag_manager(tags or {})
        self.resource = self._make_resource(
            {
                "WorkteamArn": workteam.workteam_arn,
                "HumanTaskUiArn": human_task_ui.human_task_ui_arn,
                **task_fields(task),
            }
        )
        # A2I checks at creation what the role may do; the role's policy counts as part of it.
        self.resource.node.add_dependency(self.role)

    @classmethod
    def from_flow_definition_arn(
        cls, scope: Construct, construct_id: str, flow_definition_arn: str
    ) -> IFlowDefinition:
        """Use a flow definition that exists."""
        return ImportedFlowDefinition(scope, construct_id, flow_definition_arn=flow_definition_arn)

    @property
    def flow_definition_arn(self) -> str:
        """The ARN of the current flow definition; a token."""
        return self.resource.get_att_string("FlowDefinitionArn")

    @property
    def flow_definition_name(self) -> str:
        """The name of the current flow definition; a token."""
        return self.resource.get_att_string("FlowDefinitionName")

    @property
    def tags(self) -> TagManager:
        """The tags that `Tags.of` and the argument give to this definition."""
        return self._tags

    @property
    def human_loop_arn_pattern(self) -> str:
        """The human loops of this flow: the starter begins their names with the flow's."""
        return self._human_loop_arn(f"{self.flow_name}-*")

    @property
    def output_objects_arn_pattern(self) -> str:
        """Where A2I writes this flow's answers, whichever definition it has at the time."""
        return self.buckets.output.arn_for_objects(f"{self._own_name_prefix}*")

    @property
    def _event_matcher(self) -> list[Any]:
        """Covers definitions of this flow that an update has replaced, too."""
        return events.Match.wildcard(self._own_arn_pattern())

    @property
    def _own_name_prefix(self) -> str:
        return f"{self.flow_name}-{stack_hash()}-"

    def _own_arn_pattern(self) -> str:
        return Stack.of(self).format_arn(
            service="sagemaker",
            resource="flow-definition",
            resource_name=f"{self._own_name_prefix}*",
        )

    def _make_role(self) -> iam.Role:
        access = (*self._content_access(), (permissions.USE_KEY_AS_FLOW, self.buckets.key.key_arn))
        return make_flow_role(
            self,
            "Role",
            description=f"Shows and keeps what reviewers of {self.flow_name} see and answer",
            statements=[
                *(
                    iam.PolicyStatement(actions=actions, resources=[resource])
                    for actions, resource in access
                ),
                self.buckets.former_keys_statement(self.buckets.input),
            ],
        )

    def _grant_access(self, role: iam.IRole) -> None:
        for actions, resource in self._content_access():
            iam.Grant.add_to_principal(grantee=role, actions=actions, resource_arns=[resource])
        self.buckets.key.grant(role, *permissions.USE_KEY_AS_FLOW)
        role.add_to_principal_policy(self.buckets.former_keys_statement(self.buckets.input))

    def _content_access(self) -> tuple[tuple[list[str], str], ...]:
        return (
            (permissions.READ_OBJECT, self.buckets.input.arn_for_objects("*")),
            (permissions.WRITE_OBJECT, self.output_objects_arn_pattern),
        )

    def _make_resource(self, human_loop_config: dict[str, Any]) -> CustomResource:
        return CustomResource(
            self,
            "Resource",
            resource_type=RESOURCE_TYPE,
            service_token=self.provider.service_token,
            service_timeout=Duration.hours(1),
            properties={
                "FlowName": self.flow_name,
                "RoleArn": self.role.role_arn,
                "OutputConfig": {
                    "S3OutputPath": f"s3://{self.buckets.output.bucket_name}",
                    "KmsKeyId": self.buckets.key.key_arn,
                },
                "HumanLoopConfig": human_loop_config,
                "Tags": self._tags.rendered_tags,
            },
        )


def _tag_manager(tags: Mapping[str, str]) -> TagManager:
    manager = TagManager(TagType.KEY_VALUE, RESOURCE_TYPE)
    for key, value in tags.items():
        manager.set_tag(key, value, _TAG_PRIORITY)
    return manager
