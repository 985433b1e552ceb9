"""Values of templates in words: construct paths in place of references."""

import json
import re
from typing import Any

from a2i_cli.stack_diff.assembly import Assembly

_PARTITION = re.compile(r"arn:\$\{AWS::Partition\}:")
_HERE = re.compile(r":(\$\{AWS::Region\})?:\$\{AWS::AccountId\}:")
_REFERENCE = re.compile(r"\$\{([A-Za-z0-9]+)(\.[A-Za-z0-9]+)?\}")
# The first part of the stack's UUID, which constructs put into names.
_STACK_HASH = re.compile(r'\{"Fn::Select":\[0,\{"Fn::Split":\["-",.*?"AWS::StackId".*?\]\}\]\}')
_FULL_VALUE = 200
_ACCOUNT = "iam:root"


def in_words(value: Any, *assemblies: Assembly) -> str:
    """A value of a template as text, with construct paths for the stack's own resources."""
    return readable(_flat(value), *assemblies)


def readable(text: str, *assemblies: Assembly) -> str:
    """Text with `${LogicalId.Arn}` in it, with construct paths instead, without account."""
    text = _STACK_HASH.sub("<stack>", text)

    def path(match: re.Match[str]) -> str:
        for assembly in assemblies:
            if match[1] in assembly.resources:
                return assembly.place(match[1])
        return match[0]

    words = _PARTITION.sub("", _HERE.sub(":", _REFERENCE.sub(path, text)))
    return words.replace(_ACCOUNT, "the account")


def short(text: str) -> str:
    """The text, or its beginning where it is long."""
    return text if len(text) <= _FULL_VALUE else f"{text[: _FULL_VALUE - 1]}…"


def _flat(value: Any) -> str:
    match value:
        case str():
            return value
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return f"${{{name}}}"
        case {"Fn::Join": [str(delimiter), list(parts)]}:
            return delimiter.join(_flat(part) for part in parts)
        case {"Fn::Select": [0, {"Fn::Split": ["-", inner]}]} if "AWS::StackId" in str(inner):
            return "<stack>"
    return "none" if value is None else json.dumps(value, separators=(",", ":"), sort_keys=True)
