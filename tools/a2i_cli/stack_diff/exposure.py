"""Public exposure and encryption keys before and after a change."""

from collections.abc import Iterator, Mapping
from typing import Any

from a2i_cli.stack_diff.assembly import Assembly
from a2i_cli.stack_diff.permissions import PermissionChange
from a2i_cli.stack_diff.wording import in_words

_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
_KEY_PROPERTIES = {
    "KMSMasterKeyID",
    "KMSMasterKeyId",
    "KmsKeyArn",
    "KmsKeyId",
    "KmsMasterKeyId",
}


def opened(old: Assembly, new: Assembly, permissions: PermissionChange) -> tuple[str, ...]:
    """What the public reaches after the change and did not before."""
    public = sorted(each for each in permissions.gained if each.is_public)
    said = [f"everybody gains `{each.action}` on `{each.on}`" for each in public]
    return (*said, *sorted({*_open_doors(new)} - {*_open_doors(old)}))


def _open_doors(assembly: Assembly) -> Iterator[str]:
    for name, resource in assembly.resources.items():
        properties, place = resource.get("Properties", {}), assembly.place(name)
        match resource["Type"]:
            case "AWS::S3::Bucket":
                blocks = properties.get("PublicAccessBlockConfiguration", {})
                missing = [block for block in _BLOCKS if blocks.get(block) is not True]
                if missing:
                    yield f"bucket `{place}` lacks {', '.join(missing)}"
                if "WebsiteConfiguration" in properties:
                    yield f"bucket `{place}` is a website"
            case "AWS::Lambda::Url" if properties.get("AuthType") == "NONE":
                yield f"function URL `{place}` asks nobody who they are"
            case "AWS::Cognito::UserPool":
                creation = properties.get("AdminCreateUserConfig", {})
                if not creation.get("AllowAdminCreateUserOnly"):
                    yield f"anybody may sign up in `{place}`"
            case "AWS::SageMaker::Workforce":
                if not properties.get("SourceIpConfig", {}).get("Cidrs"):
                    yield f"the portal of `{place}` is open to every address"


def key_changes(old: Assembly, new: Assembly) -> tuple[str, ...]:
    """Keys before and after, of what is encrypted in both, in words."""
    before, after = _keys(old), _keys(new)
    moves: dict[tuple[str, str], list[str]] = {}
    for place in sorted(before.keys() & after.keys()):
        if before[place] != after[place]:
            moves.setdefault((before[place], after[place]), []).append(place)
    return tuple(
        f"`{source}` to `{target}`: {', '.join(f'`{place}`' for place in places)}"
        for (source, target), places in sorted(moves.items())
    )


def _keys(assembly: Assembly) -> dict[str, str]:
    return {
        assembly.place(name): ", ".join(sorted(set(_named_keys(properties, assembly)))) or "none"
        for name, resource in assembly.resources.items()
        if isinstance(properties := resource.get("Properties", {}), Mapping)
    }


def _named_keys(value: Any, assembly: Assembly) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _named_keys(each, assembly)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name in _KEY_PROPERTIES:
                yield in_words(inner, assembly)
            else:
                yield from _named_keys(inner, assembly)
