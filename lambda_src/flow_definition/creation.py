"""Brings a flow definition to Active, from whatever an earlier attempt or a former life left."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from a2i_shared.errors import FlowDefinitionFailedError, RoleNotReadyError
from flow_definition.properties import FlowDefinitionProperties
from flow_definition.refusals import explain, is_role_not_ready, words
from flow_definition.resource_event import INCOMPLETE, ResourceEvent, accepted, complete
from flow_definition.service import Described, FlowDefinitions
from flow_definition.tagging import desired_tags, retag

_IAM_PROPAGATION = timedelta(minutes=2)


def begin_creation(
    event: ResourceEvent, flow_definitions: FlowDefinitions, now: datetime
) -> dict[str, Any]:
    """Ask for the flow definition that the properties describe.

    Raises before anything exists when the service refuses for good, so that CloudFormation has
    nothing to clean up.
    """
    properties = event.properties()
    name = properties.name(event.stack_id, event.logical_id)
    existing = flow_definitions.find(name)
    if existing is None:
        _create(event, name, flow_definitions, waited=timedelta())
    else:
        existing.require_same(properties)
        if existing.status == "Failed":  # by an earlier attempt; it is made anew once it is gone
            flow_definitions.delete(name)
    return accepted(name, now)


def creation_complete(
    event: ResourceEvent, flow_definitions: FlowDefinitions, now: datetime
) -> dict[str, Any]:
    properties = event.properties()
    name = properties.name(event.stack_id, event.logical_id)
    found = flow_definitions.find(name)
    if found is None:
        started = event.first_attempt_at or now
        _create(event, name, flow_definitions, waited=now - started)
        return dict(INCOMPLETE)
    found.require_same(properties)
    if found.status == "Failed":
        raise FlowDefinitionFailedError(
            f"flow definition {name} failed: {found.failure_reason or 'no reason was given'}"
        )
    if found.status != "Active":  # Initializing, or Deleting what had the name before
        return dict(INCOMPLETE)
    retag(event, found, flow_definitions)
    return complete(_attributes(found))


def _create(
    event: ResourceEvent, name: str, flow_definitions: FlowDefinitions, *, waited: timedelta
) -> None:
    """Create, or leave it to the next call while IAM may still be spreading the role."""
    properties = event.properties()
    try:
        flow_definitions.create(name, properties, desired_tags(event, flow_definitions))
    except ClientError as error:
        if not is_role_not_ready(error, properties.role_arn):
            raise explain(error, f"creating flow definition {name}") from error
        if waited > _IAM_PROPAGATION:
            raise _role_not_ready(properties, error) from error


def _role_not_ready(properties: FlowDefinitionProperties, error: ClientError) -> RoleNotReadyError:
    return RoleNotReadyError(
        f"role {properties.role_arn} could not be used for "
        f"{_IAM_PROPAGATION.total_seconds():.0f} seconds ({words(error)}): it must exist and trust "
        "sagemaker.amazonaws.com"
    )


def _attributes(found: Described) -> dict[str, str]:
    return {"FlowDefinitionArn": found.arn, "FlowDefinitionName": found.name}
