"""Every name that the functions derive: the same facts always give the same name.

Lengths: a flow's slug has at most 40 characters, so that human loops (61) and flow definitions (60)
stay below the service's limit of 63.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from a2i_core.canonical_json import digest, sha256_hex

REVIEW_EVENT_SOURCE = "a2i.review"
"""Source of the stack's own events."""
WORKTEAM_STACK_TAG = "a2i:stack-id"
"""Tag of a work team: the id of the stack that made it, also after an update replaced it."""
REVIEW_ID = "ReviewId"
"""Parameter of our own StartHumanLoop; on A2I's wire it is ignored, as all that A2I lacks."""
OPEN_REVIEWS_INDEX = "OpenReviews"
"""Index of the ledger that holds the open reviews only."""

HUMAN_LOOPS_PREFIX = "human-loops/"
RESULTS_PREFIX = "results/"
"""S3 prefix of all results, in the output bucket."""

_LOOP_HASH_LENGTH = 20
_PROPERTIES_HASH_LENGTH = 10
_DEFINITION_NAME = re.compile(r"(?P<flow>.+)-(?P<stack>[0-9a-f]{8})-[0-9a-f]{10}")


def stack_hash(stack_id: str) -> str:
    """The first segment of the UUID in a stack's ARN: eight hex digits, new with every stack."""
    return stack_id.split("/")[2][:8]


def human_loop_name(stack_id: str, flow: str, review_id: str) -> str:
    """The one human loop that a review has, or would have."""
    identity = sha256_hex(f"{stack_id}\n{flow}\n{review_id}")
    return f"{flow}-{identity[:_LOOP_HASH_LENGTH]}"


def flow_definition_name(
    flow: str, stack_id: str, logical_id: str, properties: Mapping[str, Any], attempt: int = 0
) -> str:
    """Changes exactly when one of `properties` does; they are immutable in the service.

    `attempt` counts up where the names before are taken by failed definitions that stay.
    """
    facts = {**properties, "LogicalResourceId": logical_id}
    identity = digest({**facts, "Attempt": attempt} if attempt else facts)
    return f"{flow}-{stack_hash(stack_id)}-{identity[:_PROPERTIES_HASH_LENGTH]}"


def flow_shown(definition_name: str) -> str:
    """Flow that a flow definition is made for, whatever its stack; another's whole name."""
    match = _DEFINITION_NAME.fullmatch(definition_name)
    return match["flow"] if match else definition_name


def flow_of_definition(name: str, stack: str) -> str | None:
    """Flow that a flow definition of the stack with hash `stack` is made for.

    None for a definition of another stack, or one that no stack of ours made.
    """
    match = _DEFINITION_NAME.fullmatch(name)
    return match["flow"] if match and match["stack"] == stack else None


def request_prefix(flow: str, review_id: str) -> str:
    """S3 prefix of a review's kept requests, in the input bucket: one for each attempt."""
    return f"requests/{flow}/{sha256_hex(review_id)}/"


def request_key(flow: str, review_id: str, attempt: str) -> str:
    """S3 key of the request that one attempt keeps."""
    return f"{request_prefix(flow, review_id)}{attempt}.json"


def human_loop_prefix(human_loop_name: str) -> str:
    """S3 prefix of what a human loop in the account keeps, in the input bucket."""
    return f"{HUMAN_LOOPS_PREFIX}{human_loop_name}/"


def result_key(flow: str, review_id: str) -> str:
    """S3 key of a review's result.json, in the output bucket."""
    return f"{RESULTS_PREFIX}{flow}/{sha256_hex(review_id)}/result.json"


def group_description(stack_id: str) -> str:
    """Description of a user-pool group that a stack made: groups have no tags."""
    return f"Reviewers of {stack_id}"


def event_id(human_loop: str, happening: str) -> str:
    """Stays the same however often an event is sent, so that receivers can drop repeats."""
    return sha256_hex(f"{human_loop}\n{happening}")[:32]
