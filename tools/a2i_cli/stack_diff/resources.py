"""Changed resources in an order for reading: what holds state and is replaced comes first."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from a2i_cli.stack_diff.assembly import Assembly
from a2i_cli.stack_diff.cloudformation_diff import Comparison, ResourceChange

STATEFUL = {
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolGroup",
    "AWS::DynamoDB::Table",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
    "AWS::SageMaker::Workforce",
    "AWS::SageMaker::Workteam",
}
_KEPT = {"Retain", "RetainExceptOnCreate"}


class Fate(StrEnum):
    """What becomes of a resource, the most severe first."""

    REPLACED = "replaced"
    PERHAPS_REPLACED = "perhaps replaced"
    REMOVED = "removed"
    LEFT_BEHIND = "left in the account"
    CHANGED = "changed"
    ADDED = "added"


_FATES = {
    "WILL_REPLACE": Fate.REPLACED,
    "MAY_REPLACE": Fate.PERHAPS_REPLACED,
    "WILL_DESTROY": Fate.REMOVED,
    "WILL_ORPHAN": Fate.LEFT_BEHIND,
    "WILL_UPDATE": Fate.CHANGED,
    "WILL_CREATE": Fate.ADDED,
}


@dataclass(frozen=True)
class ChangedResource:
    """One resource that a change touches.

    Attributes:
        place: Construct path below the stack.
        type: Of the resource.
        fate: What becomes of it.
        properties: Changed ones; for a replacement, those that force it.
        is_stateful: Whether it holds what no deployment brings back.
        former_stays: Whether a replaced one stays in the account.
    """

    place: str
    type: str
    fate: Fate
    properties: tuple[str, ...]
    is_stateful: bool
    former_stays: bool = False

    @property
    def loses_state(self) -> bool:
        """Whether the stack goes on with another resource, or with none, in its place."""
        return self.is_stateful and self.fate in {
            Fate.REPLACED,
            Fate.PERHAPS_REPLACED,
            Fate.REMOVED,
        }


def changed_resources(
    old: Assembly, new: Assembly, comparison: Comparison
) -> tuple[ChangedResource, ...]:
    """Every resource that a change touches, stateful replacements first."""
    found = [_changed(change, old, new) for change in comparison.resources]
    order = list(Fate)
    return tuple(
        sorted(
            found,
            key=lambda each: (
                not each.loses_state,
                not (each.is_stateful and each.fate is Fate.LEFT_BEHIND),
                order.index(each.fate),
                not each.is_stateful,
                each.place,
            ),
        )
    )


def _changed(change: ResourceChange, old: Assembly, new: Assembly) -> ChangedResource:
    name = change.logical_id
    before: Mapping[str, object] = old.resources.get(name, {})
    forcing = [key for key, impact in change.properties.items() if impact != "WILL_UPDATE"]
    properties = change.properties if name in old.resources and name in new.resources else ()
    return ChangedResource(
        (new if name in new.resources else old).place(name),
        change.type,
        _FATES.get(change.impact, Fate.CHANGED),
        tuple(sorted(forcing if change.is_replaced else properties)),
        change.type in STATEFUL,
        before.get("UpdateReplacePolicy") in _KEPT,
    )
