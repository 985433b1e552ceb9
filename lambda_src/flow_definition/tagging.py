"""Tags of a flow definition when CloudFormation creates or updates it."""

from __future__ import annotations

from a2i_shared.flow_definitions import tags
from a2i_shared.flow_definitions.retirement import RETIRED_TAG
from a2i_shared.flow_definitions.service import Described, FlowDefinitions
from flow_definition.resource_event import ResourceEvent


def desired_tags(event: ResourceEvent, flow_definitions: FlowDefinitions) -> dict[str, str]:
    own = {tag.key: tag.value for tag in event.properties().tags}
    return tags.desired_tags(own, flow_definitions.stack_tags(event.stack_id))


def retag(event: ResourceEvent, found: Described, flow_definitions: FlowDefinitions) -> None:
    """Change the tags in place, and take a retired definition back into service.

    Only tags that the resource itself had put there are removed: others may belong to somebody.
    """
    present = flow_definitions.tags(found.arn)
    tags.change_tags(
        flow_definitions,
        found.arn,
        present,
        desired_tags(event, flow_definitions),
        removable={RETIRED_TAG, *event.former_tag_keys, *tags.noted(present)},
    )
