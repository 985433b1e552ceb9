"""Availability and time limit of a task."""

from datetime import timedelta

from a2i_local.service.records import FlowDefinition
from a2i_local.service.settings import ServiceSettings


def availability(flow: FlowDefinition, settings: ServiceSettings) -> timedelta:
    """Return how long after its creation a loop expires."""
    seconds = flow.human_loop_config.get("TaskAvailabilityLifetimeInSeconds")
    return settings.default_task_availability if seconds is None else timedelta(seconds=seconds)


def time_limit(flow: FlowDefinition, settings: ServiceSettings) -> timedelta:
    """Return how long a worker has from accepting the task to submitting it."""
    seconds = flow.human_loop_config.get("TaskTimeLimitInSeconds")
    return settings.default_task_time_limit if seconds is None else timedelta(seconds=seconds)
