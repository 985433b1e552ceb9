"""CloudFormation resource type, without the engine that runs it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

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

    properties: Properties
    generated_name: Callable[[int], str]
    """Makes a name of at most so many characters, for a template that gives none."""


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
    gets_stack_tags: ClassVar[bool] = False
    """True if the stack's tags are added to the property `Tags`, also when they alone change."""

    @abstractmethod
    def update(self, existing: Existing, wanted: Wanted) -> Provisioned: ...


def without_reserved_tags(properties: Properties) -> Properties:
    """Drop the tags that say which stack a resource is of: callers of an API may not set them."""
    if not isinstance(properties.get("Tags"), list):
        return properties
    allowed = [tag for tag in properties["Tags"] if not tag["Key"].startswith("aws:")]
    return {**properties, "Tags": allowed}
