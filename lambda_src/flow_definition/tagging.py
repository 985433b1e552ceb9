"""Tags of a flow definition: those of the stack, and the construct's own, which win."""

from __future__ import annotations

from a2i_shared.flow_definitions.retirement import RETIRED_TAG
from a2i_shared.flow_definitions.service import Described, FlowDefinitions
from flow_definition.resource_event import ResourceEvent


def desired_tags(event: ResourceEvent, flow_definitions: FlowDefinitions) -> dict[str, str]:
    own = {tag.key: tag.value for tag in event.properties().tags}
    return {**flow_definitions.stack_tags(event.stack_id), **own}


def retag(event: ResourceEvent, found: Described, flow_definitions: FlowDefinitions) -> None:
    """Change the tags in place, and take a retired definition back into service.

    Only tags that the resource itself had put there are removed: others may belong to somebody.
    """
    desired = desired_tags(event, flow_definitions)
    present = flow_definitions.tags(found.arn)
    ours = {RETIRED_TAG, *event.former_tag_keys}
    surplus = sorted(ours & present.keys() - desired.keys())
    missing = {key: value for key, value in desired.items() if present.get(key) != value}
    if surplus:
        flow_definitions.untag(found.arn, surplus)
    if missing:
        flow_definitions.tag(found.arn, missing)
