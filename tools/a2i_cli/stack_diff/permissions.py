"""Permissions that a change gives and takes, as sentences."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from a2i_cli.stack_diff.assembly import Assembly
from a2i_cli.stack_diff.cloudformation_diff import Comparison
from a2i_cli.stack_diff.wording import readable

PUBLIC = ("*", "AWS:*")
_ROLE = "AWS::IAM::Role"


@dataclass(frozen=True, order=True)
class Permission:
    """One action of one holder on one resource, or the denial of it."""

    holder: str
    on: str
    action: str
    condition: str = ""
    is_denied: bool = False

    @property
    def is_public(self) -> bool:
        """Whether everybody holds it."""
        return self.holder in PUBLIC and not self.is_denied


@dataclass(frozen=True)
class PermissionChange:
    """Permissions of one template and not of the other."""

    gained: frozenset[Permission]
    lost: frozenset[Permission]
    removed_holders: frozenset[str] = frozenset()
    """Roles that are gone; what they were allowed is not among the lost."""

    @property
    def widened(self) -> frozenset[Permission]:
        """What allows more than before: new permissions, and denials that are gone."""
        return frozenset(
            {each for each in self.gained if not each.is_denied}
            | {each for each in self.lost if each.is_denied}
        )


def compare_permissions(old: Assembly, new: Assembly, comparison: Comparison) -> PermissionChange:
    """Take the library's statements apart, so that what stays in a changed statement is left out.

    Roles begin with nothing: all that a new one may do is gained.
    """
    iam = comparison.iam
    added = frozenset(_permissions(iam, "Additions", new, old))
    removed = frozenset(_permissions(iam, "Removals", old, new))
    gone = {old.place(name) for name in old.of_type(_ROLE).keys() - new.of_type(_ROLE).keys()}
    removed_holders = frozenset(place.removesuffix("/Role") for place in gone)
    lost = {
        each
        for each in removed - added
        if each.holder not in removed_holders and each.on not in gone
    }
    return PermissionChange(added - removed, frozenset(lost), removed_holders)


def sentences(permissions: Iterable[Permission]) -> list[tuple[str, str]]:
    """Holder and sentence, one for each holder, set of actions and condition."""
    by_place: dict[tuple[str, str, bool, str], list[str]] = defaultdict(list)
    for each in sorted(permissions):
        by_place[each.holder, each.condition, each.is_denied, each.on].append(each.action)
    grouped: dict[tuple[str, str, bool, tuple[str, ...]], list[str]] = defaultdict(list)
    for (holder, condition, is_denied, on), actions in by_place.items():
        grouped[holder, condition, is_denied, tuple(actions)].append(on)
    return sorted(
        (
            holder,
            f"{'denial of ' if is_denied else ''}{_quoted(actions)} on {_quoted(places)}"
            + (f" if {condition}" if condition else ""),
        )
        for (holder, condition, is_denied, actions), places in grouped.items()
    )


def _permissions(iam: Mapping[str, Any], kind: str, *assemblies: Assembly) -> Iterator[Permission]:
    for statement in iam.get(f"statement{kind}", ()):
        if statement["type"] != "parsed":
            text = json.dumps(statement["value"], sort_keys=True)
            yield Permission("a policy that cannot be read", readable(text, *assemblies), "?")
            continue
        yield from _taken_apart(statement["value"], assemblies)
    for attachment in iam.get(f"managedPolicy{kind}", ()):
        value = attachment["value"]
        if attachment["type"] == "parsed":
            holder = _holder(value["identityArn"], assemblies)
            policy = readable(value["managedPolicyArn"], *assemblies)
        else:
            holder, policy = "a role", json.dumps(value, sort_keys=True)
        yield Permission(holder, f"everything of managed policy {policy}", "*")


def _taken_apart(
    statement: Mapping[str, Any], assemblies: tuple[Assembly, ...]
) -> Iterator[Permission]:
    condition = statement.get("condition", "")
    if not isinstance(condition, str):
        condition = json.dumps(condition, separators=(",", ":"), sort_keys=True)
    for principal in _values(statement["principals"]):
        for resource in _values(statement["resources"]):
            for action in _values(statement["actions"]):
                yield Permission(
                    _holder(principal, assemblies),
                    readable(resource, *assemblies).removesuffix(":*") or "*",
                    action,
                    readable(condition, *assemblies),
                    statement["effect"] == "Deny",
                )


def _values(targets: Mapping[str, Any]) -> list[str]:
    """Values; `NotAction` and its like stay one value, since they cannot be taken apart."""
    if targets["not"]:
        return [f"all but {', '.join(sorted(targets['values']))}"]
    return list(targets["values"]) or ["*"]


def _holder(principal: str, assemblies: tuple[Assembly, ...]) -> str:
    return readable(principal, *assemblies).removeprefix("AWS:").removesuffix("/Role")


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
