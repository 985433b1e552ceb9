"""Faults on demand, for tests of a caller's error handling."""

# ruff: noqa: N818 - Throttled and Broken are verdicts that become the errors of the API called
import random
import time
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from a2i_local.service.clock import Clock

Rate = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0, le=60)]
LongSeconds = Annotated[float, Field(ge=0, le=86_400)]
Quota = Annotated[int, Field(ge=0)]
CallsPerSecond = Annotated[float, Field(gt=0)]
EVERY_OPERATION = "*"


class FaultSettings(BaseModel):
    """Which faults to show. By operation means: its name, or `*` for all that are not named.

    The default is none at all.
    """

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True
    )

    throttling: dict[str, Rate] = {}
    """By operation: the share of calls that is throttled."""
    calls_per_second: dict[str, CallsPerSecond] = {}
    """By operation: how many calls pass per second; the others are throttled."""
    server_errors: dict[str, Rate] = {}
    """By operation: the share of calls that ends in a server error, before anything is done."""
    latency_seconds: dict[str, Seconds] = {}
    """By operation: what each call waits before it is done."""
    failed_flow_definitions: dict[str, str] = {}
    """By name, with `*` and `?`: the FailureReason that a new flow definition ends with."""
    slow_flow_definitions: dict[str, LongSeconds] = {}
    """By name, with `*` and `?`: how much longer creation and deletion take that begin now."""
    open_human_loops_quota: Quota | None = None
    """Most open loops of an account in a region; None: any number."""
    lost_events: Rate = 0
    """The share of status events that is never published."""
    duplicated_events: Rate = 0
    """The share of status events that is published twice."""
    table_throttling: Rate = 0
    """The share of DynamoDB's calls that is throttled, with nothing done."""
    index_lag_seconds: Seconds = 0
    """How old at most what DynamoDB's indexes show is."""
    seed: int | None = None
    """Makes the shares fall on the same calls every time."""


class Throttled(Exception):
    """This call shall be throttled."""


class Broken(Exception):
    """This call shall end in a server error."""


class Faults:
    """Decides, call by call and event by event, whether a fault is due."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.settings = FaultSettings()

    @property
    def settings(self) -> FaultSettings:
        return self._settings

    @settings.setter
    def settings(self, settings: FaultSettings) -> None:
        self._settings = settings
        self._random = random.Random(settings.seed)  # noqa: S311 - no secret depends on it
        self._buckets = {
            operation: _TokenBucket(rate, self._clock)
            for operation, rate in settings.calls_per_second.items()
        }

    def before_call(self, operation: str) -> None:
        """Wait as long as the operation shall take; raise Throttled or Broken if one is due."""
        settings = self._settings
        latency = _of(settings.latency_seconds, operation, 0.0)
        if latency:  # sleeping for no time gives the processor away as well
            time.sleep(latency)
        bucket = _of(self._buckets, operation, None)
        if bucket is not None and not bucket.take():
            raise Throttled
        if self._falls(_of(settings.throttling, operation, 0.0)):
            raise Throttled
        if self._falls(_of(settings.server_errors, operation, 0.0)):
            raise Broken

    def flow_definition_failure(self, name: str) -> str | None:
        """Return the FailureReason that a flow definition of this name shall get, if any."""
        patterns = self._settings.failed_flow_definitions
        return next((reason for p, reason in patterns.items() if fnmatchcase(name, p)), None)

    def flow_definition_delay(self, name: str) -> timedelta:
        """Return the extra duration of this flow definition's transitions."""
        patterns = self._settings.slow_flow_definitions
        seconds = next((s for p, s in patterns.items() if fnmatchcase(name, p)), 0)
        return timedelta(seconds=seconds)

    def event_deliveries(self) -> int:
        """Return how often the next event is published: 1, or 0 or 2 as a fault."""
        if self._falls(self._settings.lost_events):
            return 0
        return 2 if self._falls(self._settings.duplicated_events) else 1

    def throttles_table(self) -> bool:
        """Return whether the next call of DynamoDB shall be throttled."""
        return self._falls(self._settings.table_throttling)

    def _falls(self, rate: float) -> bool:
        return self._random.random() < rate


def _of(by_operation: dict[str, Any], operation: str, default: Any) -> Any:
    return by_operation.get(operation, by_operation.get(EVERY_OPERATION, default))


class _TokenBucket:
    """Lets `rate` calls through per second; one second's worth may come at once."""

    def __init__(self, rate: float, clock: Clock) -> None:
        self._rate = rate
        self._clock = clock
        self._tokens = max(rate, 1.0)
        self._filled_at = clock.now()

    def take(self) -> bool:
        now = self._clock.now()
        gained = (now - self._filled_at).total_seconds() * self._rate
        self._tokens = min(max(self._rate, 1.0), self._tokens + gained)
        self._filled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
