"""Keys, buckets and other needs of pending reviews that a change would take away."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from a2i_cli.stack_diff.assembly import Assembly
from a2i_cli.stack_diff.wording import in_words

GUARD = "Custom::A2IUpdateGuard"
# As the update guard compares them when the change is deployed.
_NAMED = {
    "Keys": ("key", "name it in a2i.data.formerKmsKeyArns (former_keys of ReviewRuntime)"),
    "Buckets": ("bucket", "name it in a2i.data.formerBuckets (former_buckets of ReviewRuntime)"),
    "ReadAccess": ("read access to", "go on granting it"),
    "Roles": ("permissions of role", "go on passing it to the flows"),
}
_STATE = {
    "AWS::DynamoDB::Table": "the ledger, in which every pending review is written",
    "AWS::SQS::Queue": "a queue, with the messages in it",
}


def lost_needs(old: Assembly, new: Assembly, left: frozenset[str]) -> tuple[str, ...]:
    """What pending reviews would lose, with the way to keep it; empty where they lose nothing.

    `left`: logical ids that stand for another resource than before, or for none.
    """
    before, after = _guard(old), _guard(new)
    if before is None:
        return ()
    if after is None:
        return ("everything: the new template has no review runtime",)
    return (
        *_names(before, after, old, left),
        *_backends(before, after),
        *_places(before, after),
        *_state(old, left),
    )


def backends(guard: Mapping[str, Any]) -> frozenset[str]:
    """Where human loops begin and where they drain, as an update guard is told."""
    return frozenset(guard.get("Backends", ("a2i",)))


def _guard(assembly: Assembly) -> Mapping[str, Any] | None:
    return next(iter(assembly.of_type(GUARD).values()), None)


def _names(
    before: Mapping[str, Any], after: Mapping[str, Any], old: Assembly, left: frozenset[str]
) -> Iterator[str]:
    for attribute, (kind, remedy) in _NAMED.items():
        kept = [json.dumps(value) for value in after.get(attribute, ())]
        lost = [
            value
            for value in before.get(attribute, ())
            if (text := json.dumps(value)) not in kept or any(f'"{name}"' in text for name in left)
        ]
        for value in lost[_newly_named(attribute, before, after) :]:
            yield f"{kind} `{in_words(value, old)}`: {remedy}"


def _newly_named(attribute: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> int:
    """How many former keys or buckets the new template names, after those that it uses itself.

    A template knows its own key by reference, and a former one by an ARN: that both are the same
    shows at deployment only.
    """
    used = {"Keys": 1, "Buckets": 2}.get(attribute)
    if used is None:
        return 0
    return sum(value not in before.get(attribute, ()) for value in after.get(attribute, [])[used:])


def _backends(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for backend in sorted(backends(before) - backends(after)):
        yield (
            f"backend `{backend}`, where their human loops are: name it in a2i.backend.drain "
            "(drain of ReviewBackend)"
        )


def _places(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for place in sorted({*before.get("Deleted", {}), *before.get("DeletedTeams", {})}):
        if place not in after.get("Places", ()):
            yield (f"`{place}`, which would be deleted: first deploy with removalPolicy retain")


def _state(old: Assembly, left: frozenset[str]) -> Iterator[str]:
    for name in sorted(left & old.resources.keys()):
        what = _STATE.get(old.resources[name]["Type"])
        if what:
            yield f"`{old.place(name)}`, {what}: keep its logical id and its fixed properties"
