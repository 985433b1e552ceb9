"""How a CloudFormation resource type is given to MiniStack's engine."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ministack.services.cloudformation import provisioners, stacks

Properties = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Provisioned:
    """A resource as other resources see it: what Ref and Fn::GetAtt return."""

    ref: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Existing:
    """A resource as the stack recorded it."""

    ref: str
    properties: Properties


@dataclass(frozen=True, slots=True)
class Wanted:
    """A resource as the template wants it."""

    stack_name: str
    logical_id: str
    properties: Properties

    def generated_name(self, max_length: int) -> str:
        """Return the name of a resource whose template gives none."""
        name: str = provisioners._physical_name(
            self.stack_name, self.logical_id, max_len=max_length
        )
        return name


class ResourceType(ABC):
    """The handlers of a type of which no property can be changed in place."""

    type_name: ClassVar[str]
    create_only: ClassVar[tuple[str, ...]]
    """Properties whose change replaces the resource: the new one comes, then the old one goes."""

    @abstractmethod
    def create(self, wanted: Wanted) -> Provisioned: ...

    @abstractmethod
    def delete(self, existing: Existing) -> None:
        """Delete, or do nothing when it is gone."""


class UpdatableType(ResourceType):
    """The handlers of a type that can be changed in place."""

    replaced_by_update: ClassVar[tuple[str, ...]] = ()
    """Properties whose change `update` answers with a replacement of its own."""

    @abstractmethod
    def update(self, existing: Existing, wanted: Wanted) -> Provisioned: ...


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
        provisioners._CONDITIONALLY_REPLACING_PROPERTIES[name] = resource_type.replaced_by_update
        provisioners._RESOURCE_HANDLERS[name] |= _update_handler(resource_type)


def _handlers(resource_type: ResourceType) -> dict[str, Any]:
    def create(
        logical_id: str, properties: Properties, stack_name: str
    ) -> tuple[str, Mapping[str, str]]:
        made = resource_type.create(Wanted(stack_name, logical_id, properties))
        return made.ref, made.attributes

    def delete(ref: str, properties: Properties) -> None:
        resource_type.delete(Existing(ref, properties))

    return {"create": create, "delete": delete}


def _update_handler(resource_type: UpdatableType) -> dict[str, Any]:
    def update(
        ref: str, old: Properties, new: Properties, stack_name: str, logical_id: str
    ) -> tuple[str, Mapping[str, str]]:
        made = resource_type.update(Existing(ref, old), Wanted(stack_name, logical_id, new))
        return made.ref, made.attributes

    return {"update": update, "update_with_logical_id": True}
