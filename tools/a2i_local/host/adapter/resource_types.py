"""Registers CloudFormation resource types with MiniStack's engine."""

from collections.abc import Mapping
from typing import Any

from ministack.services.cloudformation import provisioners, stacks

from a2i_local.host.adapter.resource_model import (
    Existing,
    Properties,
    Provisioned,
    ResourceType,
    UpdatableType,
    Wanted,
    without_reserved_tags,
)


def register(*types: ResourceType) -> None:
    """Make the types known. Their handlers run on threads of their own, never on the loop.

    They may wait: for a trigger function, say, that calls back into this very process.
    """
    for resource_type in types:
        _register(resource_type)
    names = {resource_type.type_name for resource_type in types}
    waits = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda name: name in names or waits(name)


def _register(resource_type: ResourceType) -> None:
    name = resource_type.type_name
    provisioners._REPLACING_PROPERTIES[name] = resource_type.create_only
    provisioners._RESOURCE_HANDLERS[name] = _handlers(resource_type)
    if isinstance(resource_type, UpdatableType):
        if resource_type.gets_stack_tags:
            provisioners._STACK_TAG_PROPERTY[name] = ("Tags", "list")
        provisioners._CONDITIONALLY_REPLACING_PROPERTIES[name] = resource_type.replaced_by_update
        provisioners._RESOURCE_HANDLERS[name] |= _update_handler(resource_type)


def _handlers(resource_type: ResourceType) -> dict[str, Any]:
    def create(
        logical_id: str, properties: Properties, stack_name: str
    ) -> tuple[str, Mapping[str, str]]:
        return _parts(resource_type.create(_wanted(stack_name, logical_id, properties)))

    def delete(ref: str, properties: Properties) -> None:
        resource_type.delete(Existing(ref, properties))

    return {"create": create, "delete": delete}


def _update_handler(resource_type: UpdatableType) -> dict[str, Any]:
    def update(
        ref: str, old: Properties, new: Properties, stack_name: str, logical_id: str
    ) -> tuple[str, Mapping[str, str]]:
        wanted = _wanted(stack_name, logical_id, new)
        existing = Existing(ref, without_reserved_tags(old))
        return _parts(resource_type.update(existing, wanted))

    return {"update": update, "update_with_logical_id": True}


def _wanted(stack_name: str, logical_id: str, properties: Properties) -> Wanted:
    def generated_name(max_length: int) -> str:
        return str(provisioners._physical_name(stack_name, logical_id, max_len=max_length))

    return Wanted(without_reserved_tags(properties), generated_name)


def _parts(made: Provisioned) -> tuple[str, Mapping[str, str]]:
    return made.ref, made.attributes
