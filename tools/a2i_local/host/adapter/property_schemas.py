"""Holds resource properties to CloudFormation's own schemas, which ship with cfn-lint.

MiniStack's handlers take what the services' APIs take, and more. CloudFormation refuses a resource
whose resolved properties break the schema of its type, often a stricter one than the API's.
"""

import importlib.util
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import regex
from jsonschema import Draft7Validator, TypeChecker, validators
from jsonschema.exceptions import ValidationError
from ministack.core.responses import get_region
from ministack.services.cloudformation import stacks

from a2i_local.host.adapter.resource_model import Properties, without_reserved_tags
from a2i_local.protocol.validation import matcher

_FALLBACK_REGION = "us-east-1"


class InvalidProperties(Exception):  # noqa: N818 - CloudFormation shows it as the status reason
    """The properties of a resource break the schema of its type."""


def validate_properties() -> None:
    """Replace the engine's creation and update of resources by ones that validate first."""
    provision, update = stacks._provision_resource, stacks._update_resource

    def validated_provision(resource_type: str, logical_id: str, props: Any, stack: str) -> Any:
        check_properties(resource_type, logical_id, props, get_region())
        return provision(resource_type, logical_id, props, stack)

    def validated_update(*update_of: Any) -> Any:
        resource_type, _, _, wanted, _, logical_id, *_ = update_of
        check_properties(resource_type, logical_id, wanted, get_region())
        return update(*update_of)

    stacks._provision_resource = validated_provision
    stacks._update_resource = validated_update


def check_properties(
    resource_type: str, logical_id: str, properties: Properties, region: str
) -> None:
    """Check the resolved properties of a native type; other types have no schema.

    Raises:
        InvalidProperties: with CloudFormation's words for every violation.
    """
    validator = _validator(resource_type, region)
    if validator is None:
        return
    violations = list(_violations(validator.iter_errors(without_reserved_tags(properties))))
    if violations:
        raise InvalidProperties(
            f"Properties validation failed for resource {logical_id} with message:\n"
            + "\n".join(violations)
        )


def _violations(errors: Iterator[Any]) -> Iterator[str]:
    for error in errors:
        where = "/".join(["#", *map(str, error.absolute_path)])
        keyword = str(error.validator)
        if keyword == "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            yield from (f"{where}: required key [{name}] not found" for name in missing)
        elif keyword == "additionalProperties":
            yield f"{where}: extraneous key [{error.message}] is not permitted"
        else:
            yield f"{where}: failed validation constraint for keyword [{keyword}]"


@cache
def _validator(resource_type: str, region: str) -> Any:
    schemas = _schemas_folder()
    known = schemas / "providers" / f"{region}.json"
    if not known.exists():
        known = known.with_name(f"{_FALLBACK_REGION}.json")
    digest = _read(known).get(resource_type)
    if digest is None:
        return None
    return _CloudFormationValidator(_read(schemas / "resources" / f"{digest}.json"))


def _schemas_folder() -> Path:
    """Return the folder without importing cfn-lint, which takes seconds."""
    found = importlib.util.find_spec("cfnlint")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("cfn-lint is missing: pip install 'a2i-constructs[local]'")
    return Path(found.origin).parent / "data" / "schemas"


@cache
def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def _matches(_validator: Any, pattern: str, value: Any, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and not _found(pattern, value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _matches_names(
    validator: Any, by_pattern: Mapping[str, Any], value: Any, _schema: Any
) -> Iterator[ValidationError]:
    if not isinstance(value, Mapping):
        return
    for pattern, schema in by_pattern.items():
        for name, item in value.items():
            if _found(pattern, name):
                yield from validator.descend(item, schema, path=name, schema_path=pattern)


def _only_known_names(
    validator: Any, additional: Any, value: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if not isinstance(value, Mapping):
        return
    patterns = schema.get("patternProperties", {})
    for name, item in value.items():
        if name in schema.get("properties", {}) or any(_found(each, name) for each in patterns):
            continue
        if additional is False:
            yield ValidationError(name)
        else:
            yield from validator.descend(item, additional, path=name)


def _found(pattern: str, value: str) -> bool:
    """Look for the pattern as CloudFormation does, in Java; some of its patterns are broken."""
    try:
        return bool(matcher(pattern).search(value))
    except regex.error:
        return True


def _is_integer(_checker: TypeChecker, value: Any) -> bool:
    if isinstance(value, str):
        return value.lstrip("-").isdigit()
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(checker: TypeChecker, value: Any) -> bool:
    if isinstance(value, str):
        return value.replace(".", "", 1).lstrip("-").isdigit()
    return isinstance(value, float) or _is_integer(checker, value)


def _is_boolean(_checker: TypeChecker, value: Any) -> bool:
    return isinstance(value, bool) or str(value).lower() in {"true", "false"}


def _is_string(_checker: TypeChecker, value: Any) -> bool:
    return isinstance(value, str | int | float)


def _of_number(keyword: str) -> Any:
    """Return the check of a keyword for numbers that takes numbers in text, too."""
    check = Draft7Validator.VALIDATORS[keyword]

    def checked(validator: Any, limit: Any, value: Any, schema: Any) -> Any:
        if isinstance(value, str) and validator.is_type(value, "number"):
            value = float(value)
        return check(validator, limit, value, schema) if isinstance(value, int | float) else ()

    return checked


def _of_text(keyword: str) -> Any:
    """Return the check of a keyword for text that leaves other scalars alone."""
    check = Draft7Validator.VALIDATORS[keyword]

    def checked(validator: Any, limit: Any, value: Any, schema: Any) -> Any:
        return check(validator, limit, value, schema) if isinstance(value, str) else ()

    return checked


def _one_of(_validator: Any, allowed: Any, value: Any, _schema: Any) -> Iterator[ValidationError]:
    if str(value).lower() not in {str(each).lower() for each in allowed}:
        yield ValidationError(f"{value!r} is none of {allowed!r}")


# CloudFormation converts scalars to the type that the schema wants.
_CloudFormationValidator: Any = validators.extend(  # type: ignore[no-untyped-call]  # no stubs
    Draft7Validator,
    {
        **{keyword: _of_number(keyword) for keyword in ("minimum", "maximum", "multipleOf")},
        **{keyword: _of_text(keyword) for keyword in ("minLength", "maxLength")},
        "additionalProperties": _only_known_names,
        "enum": _one_of,
        "pattern": _matches,
        "patternProperties": _matches_names,
    },
    type_checker=Draft7Validator.TYPE_CHECKER.redefine_many(
        {
            "boolean": _is_boolean,
            "integer": _is_integer,
            "number": _is_number,
            "string": _is_string,
        }
    ),
)
