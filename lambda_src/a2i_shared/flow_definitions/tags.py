"""Tags of a flow definition: its own, and those of the stack.

CloudFormation hands the stack's tags to native resources with every change of theirs. Custom
resources get none, and are not even called when nothing else has changed. So the stack's tags are
read when the resource is called, and followed by the reconciler in between. Which tags came from
the stack is noted in one more tag: all others belong to the construct, or to somebody else.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from a2i_shared.flow_definitions.service import FlowDefinitions

NOTE = "a2i:stack-tags"
"""Names the tags that came from the stack, with spaces between: a tag takes no commas."""

_NOTE_LENGTH = 256


def desired_tags(own: Mapping[str, str], stack_tags: Mapping[str, str]) -> dict[str, str]:
    """The stack's and the resource's own, which win, with the note of what came from the stack."""
    inherited = {key: value for key, value in stack_tags.items() if key not in own}
    return {**inherited, **own, **_note(inherited.keys())}


def noted(tags: Mapping[str, str]) -> set[str]:
    """The tags that came from the stack, and the note itself."""
    return {*tags[NOTE].split(" "), NOTE} if NOTE in tags else set()


def follow_stack(
    flow_definitions: FlowDefinitions, arn: str, stack_tags: Mapping[str, str]
) -> bool:
    """Bring a definition's inherited tags up to date; say whether that changed any."""
    present = flow_definitions.tags(arn)
    inherited = noted(present)
    own = {key: value for key, value in present.items() if key not in inherited}
    return change_tags(
        flow_definitions, arn, present, desired_tags(own, stack_tags), removable=inherited
    )


def change_tags(
    flow_definitions: FlowDefinitions,
    arn: str,
    present: Mapping[str, str],
    desired: Mapping[str, str],
    *,
    removable: Set[str],
) -> bool:
    """Make the desired tags present; of those that are not desired, only removable ones go."""
    surplus = sorted(removable & present.keys() - desired.keys())
    missing = {key: value for key, value in desired.items() if present.get(key) != value}
    if surplus:
        flow_definitions.untag(arn, surplus)
    if missing:
        flow_definitions.tag(arn, missing)
    return bool(surplus or missing)


def _note(inherited: Set[str]) -> dict[str, str]:
    """Keys with a space in them, and what a tag has no room for, stay as they first came."""
    note = ""
    for key in sorted(key for key in inherited if " " not in key):
        longer = f"{note} {key}".strip()
        if len(longer) <= _NOTE_LENGTH:
            note = longer
    return {NOTE: note} if note else {}
