"""The functions' environment variables as typed settings, read once per execution environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from a2i_shared.errors import ConfigurationError


class StackEnvironment(BaseModel):
    """Environment of every function on reviews; field `x_y` is read from A2I_X_Y."""

    model_config = ConfigDict(
        frozen=True,
        alias_generator=lambda field: f"A2I_{field.upper()}",
        populate_by_name=True,
    )

    stack_id: str
    ledger_table: str


class ReviewEnvironment(StackEnvironment):
    """Environment that the starter and the results function share."""

    input_bucket: str
    output_bucket: str
    former_buckets: str = ""
    """Names of buckets that hold content of pending reviews, with commas between."""
    event_bus_name: str
    ledger_retention_days: int | None = Field(default=None, ge=1)
    """Days a finished review stays in the ledger. Default: forever."""


class QueueEnvironment(StackEnvironment):
    """Environment that the starter and the reconciler share."""

    flows_path: str
    queue_url: str
    queue_max_age_seconds: int = Field(default=86_400, ge=60)
    """Age at which a request that does not start goes to the dead-letter queue. Default: a day."""


class StarterEnvironment(ReviewEnvironment, QueueEnvironment):
    dead_letter_queue_url: str


class ResultsEnvironment(ReviewEnvironment):
    pass


class ReconcilerEnvironment(QueueEnvironment):
    results_function_name: str
    starter_function_name: str


class ReviewGuardEnvironment(StackEnvironment):
    queue_url: str
    dead_letter_queue_url: str
    seconds_of_counting: float = Field(default=120, ge=0)
    """Time for which nothing may be pending: a queue's policy takes up to a minute to be in effect,
    and the counts of SQS may lag by another after the last message was sent."""


Settings = TypeVar("Settings", bound=BaseModel)


def read_environment(
    settings: type[Settings], variables: Mapping[str, str] | None = None
) -> Settings:
    """Raises ConfigurationError that names every variable that is missing or malformed."""
    source = os.environ if variables is None else variables
    given = {name: value for name, value in source.items() if value}
    try:
        return settings.model_validate(given)
    except ValidationError as error:
        wrong = "; ".join(f"{fault['loc'][0]}: {fault['msg'].lower()}" for fault in error.errors())
        raise ConfigurationError(f"environment of the function is wrong: {wrong}") from error
