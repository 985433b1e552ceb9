"""Brings a flow definition to Active, from whatever an earlier attempt or a former life left."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from time import sleep
from typing import Any, TypeVar

from a2i_shared.errors import FlowDefinitionFailedError, RoleNotReadyError, ServiceBusyError
from a2i_shared.flow_definitions.retirement import RETIRED_TAG
from a2i_shared.flow_definitions.service import Described, FlowDefinitions, RoleNotUsableError
from flow_definition.resource_event import INCOMPLETE, ResourceEvent, accepted, complete

_IAM_PROPAGATION = timedelta(minutes=2)
_NAMES_TRIED = 4
_USABLE = {"Active", "Initializing"}
Answer = TypeVar("Answer")
_PAUSES = (0.5, 1, 2, 4, 8, 8, 8, 8)
"""Seconds between attempts to see which names are taken, while the service is busy."""


def begin_creation(
    event: ResourceEvent, flow_definitions: FlowDefinitions, now: datetime
) -> dict[str, Any]:
    """Ask for the flow definition that the properties describe; a Create and an Update alike.

    A refusal for good is raised here, before anything exists that CloudFormation would have to
    delete. What may pass is left to the polls that follow.
    """
    name = _name_to_use(event, flow_definitions)
    with suppress(ServiceBusyError):
        if flow_definitions.find(name) is None:
            _create(event, name, flow_definitions, waited=timedelta())
    return accepted(name, now)


def creation_complete(
    event: ResourceEvent, flow_definitions: FlowDefinitions, now: datetime
) -> dict[str, Any]:
    """Raises FlowDefinitionFailedError with the service's reason, and RoleNotReadyError."""
    name = event.require_physical_id()
    found = flow_definitions.find(name)
    if found is None:
        _create(event, name, flow_definitions, waited=event.waited(now))
        return dict(INCOMPLETE)
    found.require_same(event.properties())
    if found.status == "Failed":
        raise FlowDefinitionFailedError(
            f"flow definition {name} failed: {found.failure_reason or 'no reason was given'}"
        )
    if found.status != "Active":  # Initializing, or Deleting what had the name before
        return dict(INCOMPLETE)
    _retag(event, found, flow_definitions)
    return complete(_attributes(found))


def _patiently(act: Callable[[str], Answer], name: str) -> Answer:
    """Only now can the name be chosen: CloudFormation holds on to the one that is answered."""
    for pause in _PAUSES:
        with suppress(ServiceBusyError):
            return act(name)
        sleep(pause)
    return act(name)


def _name_to_use(event: ResourceEvent, flow_definitions: FlowDefinitions) -> str:
    """The name of the definition that is there already, or the first that no other one keeps.

    Those that failed may stay for ever, those that are being deleted for as long as a worker holds
    a task. Where all names are taken, the last one that is being deleted is waited for.
    """
    names = _names(event)
    found = {name: _patiently(flow_definitions.find, name) for name in names}
    for there in filter(None, found.values()):
        there.require_same(event.properties())
        if there.status in _USABLE:
            return there.name
    for name, each in found.items():
        if each is None:
            return name
        if each.status == "Failed" and _patiently(flow_definitions.delete, name):
            return name
    deleting = [each.name for each in found.values() if each and each.status == "Deleting"]
    if deleting:
        return deleting[-1]
    raise FlowDefinitionFailedError(
        f"flow definition {names[-1]} and {len(names) - 1} before it failed and cannot be deleted: "
        "change a property, such as the task description, to go on under another name"
    )


def _names(event: ResourceEvent) -> list[str]:
    properties = event.properties()
    return [
        properties.name(event.stack_id, event.logical_id, attempt)
        for attempt in range(_NAMES_TRIED)
    ]


def _create(
    event: ResourceEvent, name: str, flow_definitions: FlowDefinitions, *, waited: timedelta
) -> None:
    """Create, or leave it to the next poll while IAM may still be spreading the role."""
    properties = event.properties()
    try:
        flow_definitions.create(name, properties, _desired_tags(event, flow_definitions))
    except RoleNotUsableError as error:
        if waited > _IAM_PROPAGATION:
            raise RoleNotReadyError(
                f"role {properties.role_arn} cannot be used, not even after "
                f"{_IAM_PROPAGATION.total_seconds():.0f} seconds ({error}): {error.remedy}"
            ) from error


def _desired_tags(event: ResourceEvent, flow_definitions: FlowDefinitions) -> dict[str, str]:
    """Return the resource's own tags, which win, and the stack's, which no property carries."""
    own = {tag.key: tag.value for tag in event.properties().tags}
    return {**flow_definitions.stack_tags(event.stack_id), **own}


def _retag(event: ResourceEvent, found: Described, flow_definitions: FlowDefinitions) -> None:
    """Change the tags in place, and take a retired definition back into service.

    Only tags that the resource itself had put there are removed: others may belong to somebody.
    """
    present = flow_definitions.tags(found.arn)
    desired = _desired_tags(event, flow_definitions)
    surplus = sorted({RETIRED_TAG, *event.former_tag_keys} & present.keys() - desired.keys())
    missing = {key: value for key, value in desired.items() if present.get(key) != value}
    if surplus:
        flow_definitions.untag(found.arn, surplus)
    if missing:
        flow_definitions.tag(found.arn, missing)


def _attributes(found: Described) -> dict[str, str]:
    return {"FlowDefinitionArn": found.arn, "FlowDefinitionName": found.name}
