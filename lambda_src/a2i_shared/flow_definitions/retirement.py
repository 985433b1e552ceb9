"""A flow definition with reviews pending is retired, not deleted: deleting it would stop them.

A retired definition stays Active and carries a tag with the time. Whoever deletes it once its last
loop has ended finds it by its name, which holds the stack's hash, and by that tag.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from a2i_shared.clock import timestamp
from a2i_shared.flow_definitions.service import Described, FlowDefinitions

RETIRED_TAG = "a2i:retired-at"


def retire(found: Described, flow_definitions: FlowDefinitions, now: datetime) -> None:
    flow_definitions.tag(found.arn, {RETIRED_TAG: timestamp(now)})


def retired_at(tags: Mapping[str, str]) -> datetime | None:
    """When the definition with these tags was retired; None while its stack uses it."""
    retired = tags.get(RETIRED_TAG)
    return None if retired is None else datetime.fromisoformat(retired)
