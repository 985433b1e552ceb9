"""What each role of our app may do, as docs/security.md lists it; run as a module, it writes that.

Read from the synthesized template, so that what CDK adds by itself is listed too; the reasons are
those that `grant(..., because=...)` recorded.
"""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from a2i_constructs.functions.grants import as_nag_writes
from tests.infra.synthesis import ROOT, STACK_NAME, cloud_assembly, resources, template

PAGE = ROOT / "docs/security.md"
BEGIN = "<!-- permissions: written by `make permissions` -->\n"
END = "<!-- end of permissions -->\n"
WIDTH = 120
FRAMEWORK = ("/FrameworkRole", "/WaitingRole", "/waiter-state-machine")
LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
STACK_HASH = {
    "Fn::Select": [
        0,
        {"Fn::Split": ["-", {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}]},
    ]
}


@dataclass(frozen=True)
class Permission:
    """Actions on resources that a role has, or is denied whatever else allows them.

    Attributes:
        because: Why no wildcard of an allowed one is narrower.
    """

    holder: str
    actions: tuple[str, ...]
    on: tuple[str, ...]
    because: tuple[str, ...]
    conditions: Mapping[str, Any] | None = None
    is_denied: bool = False


def permissions() -> tuple[Permission, ...]:
    """Everything that a statement of a role allows, in the order of the holders' paths."""
    return tuple(each for each in _statements() if not each.is_denied)


def denials() -> tuple[Permission, ...]:
    """Everything that a statement of a role denies, likewise."""
    return tuple(each for each in _statements() if each.is_denied)


@cache
def _statements() -> tuple[Permission, ...]:
    found = [
        _permission(role, statement)
        for role, policy in _policies()
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    return tuple(sorted(found, key=lambda each: (each.holder, each.is_denied, each.actions)))


def page() -> str:
    """docs/security.md with the permissions as they are.

    Left out is what the page says in a sentence: logs, and the roles of CDK's framework.
    """
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    lines: list[str] = []
    holder = None
    for permission in _statements():
        if permission.holder.endswith(FRAMEWORK) or permission.actions == LOGS:
            continue
        if permission.holder != holder:
            holder = permission.holder
            lines += ["", f"**{holder}**", ""]
        lines += _lines(permission)
    return f"{before}{BEGIN}" + "\n".join(lines[1:]) + f"\n\n{END}{after}"


def _lines(permission: Permission) -> list[str]:
    actions = ", ".join(f"`{action}`" for action in permission.actions)
    resources = ", ".join(f"`{resource}`" for resource in permission.on)
    condition = ", on a condition" if permission.conditions else ""
    because = "".join(f" {reason[0].upper()}{reason[1:]}." for reason in permission.because)
    denied = "denied: " if permission.is_denied else ""
    text = f"- {denied}{actions} on {resources}{condition}.{because}"
    return textwrap.wrap(
        text, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def _policies() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Policies beside a role and inside of one, with the role's logical id."""
    for policy in resources("AWS::IAM::Policy").values():
        [role] = policy["Properties"]["Roles"]
        yield role["Ref"], policy["Properties"]
    for name, role in resources("AWS::IAM::Role").items():
        for inline in role["Properties"].get("Policies", []):
            yield name, inline


def _permission(role: str, statement: Mapping[str, Any]) -> Permission:
    holder = path_of(role).removesuffix("/Role")
    actions, arns = as_list(statement["Action"]), as_list(statement["Resource"])
    findings = [f"Resource::{as_nag_writes(arn)}" for arn in arns]
    findings += [f"Action::{action}" for action in actions]
    reasons = _reasons(path_of(role))
    because = [
        reason
        for finding in findings
        for reason in reasons.get(f"Annotation::AwsSolutions-IAM5[{finding}]", [])
    ]
    on = sorted(readable(arn).replace(f"{holder}/Logs", "its own logs") for arn in arns)
    return Permission(
        holder,
        tuple(actions),
        tuple(on),
        tuple(dict.fromkeys(because)),
        statement.get("Condition"),
        is_denied=statement["Effect"] == "Deny",
    )


def _reasons(path: str) -> dict[str, list[str]]:
    """Reasons by finding, of a construct."""
    metadata = _metadata().get(f"/{STACK_NAME}/{path}", [])
    found: dict[str, list[str]] = {}
    for entry in metadata:
        if entry["type"] == "aws:cdk:acknowledged-rules":
            for finding, reason in entry["data"].items():
                found.setdefault(finding, []).append(reason)
    return found


@cache
def _metadata() -> dict[str, list[dict[str, Any]]]:
    text = (cloud_assembly() / f"{STACK_NAME}.metadata.json").read_text()
    return json.loads(text)  # type: ignore[no-any-return]


def readable(arn: Any) -> str:
    """An ARN with construct paths for the stack's own resources, and without partition and such."""
    match arn:
        case {"Ref": "AWS::StackId"}:
            return "the stack"
        case {"Ref": name} | {"Fn::GetAtt": [name, "Arn"]}:
            return name if name.startswith("AWS::") else path_of(name)
        case {"Fn::Join": ["", parts]}:
            text = "".join(readable(part) for part in parts)
            without_place = re.sub(":(AWS::Region)?:AWS::AccountId:", ":", text)
            return without_place.removeprefix("arn:AWS::Partition:")
        case str():
            return arn
    assert arn == STACK_HASH, arn
    return "<stack>"


def path_of(logical_id: str) -> str:
    """The path of a construct below the stack."""
    path = str(template()["Resources"][logical_id]["Metadata"]["aws:cdk:path"])
    return path.removeprefix(f"{STACK_NAME}/").removesuffix("/Resource")


def as_list(value: Any) -> list[Any]:
    """The value, or the values."""
    return value if isinstance(value, list) else [value]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
