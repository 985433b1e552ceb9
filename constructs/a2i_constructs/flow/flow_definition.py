"""A2I flow definition of a custom task type, as a CloudFormation custom resource."""

from collections.abc import Mapping
from typing import Any, Unpack

import jsii
from aws_cdk import CustomResource, Duration, ITaggable, Stack, TagManager, TagType
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from a2i_constructs.backends.review_backend import ReviewBackend
from a2i_constructs.flow.flow_definition_base import (
    FlowDefinitionBase,
    IFlowDefinition,
    ImportedFlowDefinition,
)
from a2i_constructs.flow.flow_definition_provider import FlowDefinitionProvider
from a2i_constructs.flow.human_task_ui import IHumanTaskUi
from a2i_constructs.flow.task import Task, TaskProps
from a2i_constructs.functions.checks import check_length, check_pattern
from a2i_constructs.functions.names import (
    MAX_SLUG_LENGTH,
    SLUG_ALLOWED,
    SLUG_PATTERN,
    in_words,
    stack_hash,
)
from a2i_constructs.reviewers.workteam import IWorkteam
from a2i_constructs.storage.review_buckets import REVIEWS_PREFIX, ReviewBuckets

RESOURCE_TYPE = "Custom::A2IFlowDefinition"
# Above that of `Tags.of`, which is 100: what is said of this very definition wins.
_TAG_PRIORITY = 300


@jsii.implements(ITaggable)
class FlowDefinition(FlowDefinitionBase):
    """A flow definition for a custom task type.

    A2I cannot change one: each change makes a new flow definition, switches to it, and then removes
    the old one; tags alone change in place.

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
        role: iam.IRole,
        provider: FlowDefinitionProvider | None = None,
        tags: Mapping[str, str] | None = None,
        **task: Unpack[TaskProps],
    ) -> None:
        """Define the flow.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            flow_name: 1 to 40 lower case letters, digits and inner hyphens; unique in the stack. It
                stays the same when the flow definition is replaced.
            human_task_ui: What reviewers see.
            workteam: Who reviews.
            buckets: Where answers go.
            role: Role that A2I assumes, `ReviewRuntime.flow_role` as a rule: it needs what
                `ReviewBuckets.grant_run_flows` grants, for as long as reviews that began with it
                are pending.
            provider: Default: the stack's own.
            tags: Win over what `Tags.of` says of a scope around it. Default: none but those.
            **task: See TaskProps.

        Raises:
            ValueError: A2I would refuse a name or a field of the task, or has no such field.
        """
        super().__init__(scope, construct_id)
        check_pattern("flow_name", flow_name, SLUG_PATTERN, SLUG_ALLOWED)
        check_length("flow_name", flow_name, minimum=1, maximum=MAX_SLUG_LENGTH)
        self.flow_name = flow_name
        titled: TaskProps = {"task_title": in_words(flow_name), **task}
        self.task = Task(**titled)
        ReviewBackend.of(self).check_worker_options(self.task.worker_option_names)
        self.buckets = buckets
        self.role = role
        self.provider = provider or FlowDefinitionProvider.of(self)
        self.provider.allow_role(role)
        ReviewBackend.of(self).let_assume(role, self)
        self._tags = _tag_manager(tags or {})
        self.resource = self._make_resource(
            {
                "WorkteamArn": workteam.workteam_arn,
                "HumanTaskUiArn": human_task_ui.human_task_ui_arn,
                **self.task.to_document(),
            }
        )
        # A2I checks at creation what the role may do; the role's policy counts as part of it.
        self.resource.node.add_dependency(role)
        buckets.deliver_access_logs_after(self.resource)

    @classmethod
    def from_flow_definition_arn(
        cls, scope: Construct, construct_id: str, flow_definition_arn: str
    ) -> IFlowDefinition:
        """Use a flow definition that exists, by `flow_definition_arn`."""
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
    def _event_matcher(self) -> list[Any]:
        """Covers definitions of this flow that an update has replaced, too."""
        return events.Match.wildcard(self._own_arn_pattern())

    def _own_arn_pattern(self) -> str:
        return Stack.of(self).format_arn(
            service="sagemaker",
            resource="flow-definition",
            resource_name=f"{self.flow_name}-{stack_hash()}-*",
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
                    "S3OutputPath": self.buckets.output.s3_url_for_object(REVIEWS_PREFIX),
                    "KmsKeyId": self.buckets.key.key_arn,
                },
                "HumanLoopConfig": human_loop_config,
                "Tags": self._tags.rendered_tags,
                **ReviewBackend.of(self).flow_definition_properties(),
            },
        )


def _tag_manager(tags: Mapping[str, str]) -> TagManager:
    manager = TagManager(TagType.KEY_VALUE, RESOURCE_TYPE)
    for key, value in tags.items():
        manager.set_tag(key, value, _TAG_PRIORITY)
    return manager
