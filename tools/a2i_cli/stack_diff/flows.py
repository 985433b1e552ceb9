"""Flows of a stack before and after a change, and what that means for reviews."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from a2i_cli.stack_diff.assembly import Assembly
from a2i_cli.stack_diff.wording import in_words, short

FLOW_DEFINITION = "Custom::A2IFlowDefinition"
BACKEND = "Backend"
TEAM = "work team"
TEMPLATE = "worker task template"
_FIELDS = {
    BACKEND: "backend",
    "TaskTitle": "title",
    "TaskDescription": "description",
    "TaskCount": "reviewers for each task",
    "TaskAvailabilityLifetimeInSeconds": "seconds a task is offered",
    "TaskTimeLimitInSeconds": "seconds for an answer",
    "TaskKeywords": "keywords",
    "HumanTaskUiArn": TEMPLATE,
    "WorkteamArn": TEAM,
    "KmsKeyId": "key of the answers",
    "S3OutputPath": "place of the answers",
    "RoleArn": "role of the flow",
}
_POLICY = {
    "reviewWhen": "condition",
    "requiredInputs": "required inputs",
    "consolidation": "consolidation",
}

_SHOWN = {"TaskTitle", "TaskCount", "WorkteamArn", "HumanTaskUiArn", "reviewWhen"}
"""Properties of a new flow that the report names."""


class FlowState(StrEnum):
    """What becomes of a flow."""

    SAME = "same"
    IN_PLACE = "changed in place"
    REPLACED = "replaced"
    RETIRED = "retired"
    NEW = "new"


@dataclass(frozen=True)
class FieldChange:
    """One field of a flow, in words.

    Attributes:
        name: Of the field.
        before: Value in use; None for a new flow.
        after: New value; None where the same construct stands for another resource than before.
    """

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class FlowChange:
    """A flow before and after.

    Attributes:
        name: Of the flow.
        state: What becomes of it.
        fields: What differs.
        pending: What happens to reviews that wait for a person.
        queued: What happens to requests that wait in the queue.
    """

    name: str
    state: FlowState
    fields: tuple[FieldChange, ...]
    pending: str
    queued: str


@dataclass(frozen=True)
class Flow:
    """A flow as a template describes it: fields that only a new definition changes, and others."""

    definition: Mapping[str, Any]
    policy: Mapping[str, Any]


def read_flows(assembly: Assembly) -> dict[str, Flow]:
    """Flows of a stack by name."""
    policies = _policies(assembly)
    found = {}
    for properties in assembly.of_type(FLOW_DEFINITION).values():
        name = str(properties["FlowName"])
        definition = {
            BACKEND: properties.get(BACKEND, "a2i"),
            "RoleArn": properties["RoleArn"],
            **properties["OutputConfig"],
            **properties["HumanLoopConfig"],
        }
        tags = {"tags": properties["Tags"]} if properties.get("Tags") else {}
        found[name] = Flow(definition, {**policies.get(name, {}), **tags})
    return dict(sorted(found.items()))


def compare_flows(
    old: Assembly, new: Assembly, left: frozenset[str], *, refused: bool
) -> tuple[FlowChange, ...]:
    """Compare the flows of two templates.

    Args:
        old: Stack before.
        new: Stack after.
        left: Logical ids that stand for another resource than before: a flow definition that names
            one is replaced, though its properties read the same.
        refused: Whether the update guard refuses the change while reviews are pending.
    """
    before, after = read_flows(old), read_flows(new)
    return tuple(
        _change(name, before.get(name), after.get(name), _Reader(old, new, left), refused=refused)
        for name in sorted({*before, *after})
    )


@dataclass(frozen=True)
class _Reader:
    old: Assembly
    new: Assembly
    left: frozenset[str]

    def changes(
        self, names: Mapping[str, str], old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> Iterator[FieldChange]:
        for key in sorted({*old, *new}):
            before, after = old.get(key), new.get(key)
            if before != after:
                yield FieldChange(
                    names.get(key, key),
                    short(in_words(before, self.old)),
                    short(in_words(after, self.new)),
                )
            elif any(f'"{name}"' in json.dumps(before) for name in self.left):
                yield FieldChange(names.get(key, key), in_words(before, self.old), None)

    def summary(self, flow: Flow) -> tuple[FieldChange, ...]:
        shown = {**flow.definition, **flow.policy}
        return tuple(
            FieldChange(words, None, short(in_words(shown[key], self.new)))
            for key, words in {**_FIELDS, **_POLICY}.items()
            if key in _SHOWN and key in shown
        )


def _change(
    name: str, old: Flow | None, new: Flow | None, reader: _Reader, *, refused: bool
) -> FlowChange:
    if new is None:
        return FlowChange(
            name,
            FlowState.RETIRED,
            (),
            "the update is refused while there are any"
            if refused
            else "stay answerable on the retired definition; results arrive",
            "land in the dead-letter queue: unknown flow",
        )
    if old is None:
        return FlowChange(name, FlowState.NEW, reader.summary(new), "there are none", "start")
    definition = tuple(reader.changes(_FIELDS, old.definition, new.definition))
    policy = tuple(reader.changes(_POLICY, old.policy, new.policy))
    state = FlowState.REPLACED if definition else FlowState.IN_PLACE if policy else FlowState.SAME
    if refused:
        pending = queued = "the update is refused while there are any"
    else:
        pending, queued = _consequences(state, {field.name for field in (*definition, *policy)})
    return FlowChange(name, state, (*definition, *policy), pending, queued)


def _consequences(state: FlowState, changed: set[str]) -> tuple[str, str]:
    """The rows of docs/operating.md's table, "What happens to pending reviews"."""
    decided = ", decided by the new policy" if changed & {*_POLICY.values()} else ""
    if state is FlowState.SAME:
        return "nothing happens", "start as before"
    if state is FlowState.IN_PLACE:
        return "nothing happens", f"start as before{decided}"
    if TEAM in changed:
        return (
            "stay with the old team, its group and the people in it; who is in the new team alone "
            "does not see them",
            f"start for the new team{decided}",
        )
    return (
        "stay answerable on the old flow definition, which is retired; results arrive",
        f"start on the new one{decided}",
    )


def _policies(assembly: Assembly) -> dict[str, Mapping[str, Any]]:
    """What the starter knows of each flow, from the parameters below `.../flows/`."""
    found: dict[str, Mapping[str, Any]] = {}
    for properties in assembly.of_type("AWS::SSM::Parameter").values():
        if "/flows/" not in in_words(properties.get("Name")):
            continue
        document = json.loads(in_words(properties["Value"]))
        found[document["flow"]] = {
            "reviewWhen": document["reviewWhen"]["reviewWhen"],
            "requiredInputs": document["requiredInputs"],
            "consolidation": document["consolidation"],
        }
    return found
