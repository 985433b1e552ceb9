"""Settings of the service: durations of its life cycles, and limits."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """Settings. Delays are short but never zero: callers must poll, as on AWS."""

    workforce_transition: timedelta = timedelta(milliseconds=200)
    """Initializing, Updating and Deleting of a workforce."""

    flow_definition_initializing: timedelta = timedelta(milliseconds=200)
    flow_definition_deleting: timedelta = timedelta(milliseconds=200)
    """Time that a flow definition stays in Deleting after its last opened task."""

    human_task_ui_deleting: timedelta = timedelta(milliseconds=100)

    task_rendering: timedelta = timedelta(milliseconds=50)
    """From StartHumanLoop to the task in the portal, or to the rendering failure."""

    human_loop_stopping: timedelta = timedelta(milliseconds=50)
    """Time that a loop stays in Stopping when no worker has opened its task."""

    default_task_availability: timedelta = timedelta(days=10)
    """Used when a flow definition sets no TaskAvailabilityLifetimeInSeconds."""

    default_task_time_limit: timedelta = timedelta(hours=1)
    """Used when a flow definition sets no TaskTimeLimitInSeconds."""

    object_link_lifetime: timedelta = timedelta(hours=1)
    """Time that a URL written by grant_read_access works."""

    max_workteams: int = 25
    """Per account and region."""

    portal_origin: str = ""
    """Put before `/_a2i/s3/...` in links that RenderUiTemplate returns: outside the portal a
    relative link leads nowhere."""

    endpoint_origin: str = ""
    """Put before `/_a2i/templates/...` in the Url that DescribeHumanTaskUi returns."""
