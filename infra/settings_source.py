"""Reads the settings: the context `a2i`, a stage on top of it, the command line on top of that."""

import json
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from deepmerge import Merger
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from infra.settings import ReviewSettings, SettingsError

CONTEXT_KEY = "a2i"
STAGE_KEY = "stage"
_OVERRIDE_PREFIX = f"{CONTEXT_KEY}."
# Objects are merged key by key; everything else, lists too, is replaced.
_STAGE_MERGER = Merger([(dict, "merge")], ["override"], ["override"])


def read_settings(context: Mapping[str, Any]) -> ReviewSettings:
    """The settings of the stage that the context names, or of none.

    `-c stage=prod` lays `a2i.stages.prod` over the rest; `-c a2i.data.removalPolicy=destroy` sets
    one value, as JSON or as plain text, and wins. Raises SettingsError.
    """
    settings = dict(_object(context.get(CONTEXT_KEY, {}), CONTEXT_KEY))
    stages = _object(settings.pop("stages", {}), f"{CONTEXT_KEY}.stages")
    merged = _with_stage(settings, stages, context.get(STAGE_KEY))
    for key, value in sorted(context.items()):
        if key.startswith(_OVERRIDE_PREFIX):
            merged = _with_value(merged, key.removeprefix(_OVERRIDE_PREFIX).split("."), value, key)
    try:
        return ReviewSettings.model_validate(merged)
    except ValidationError as error:
        raise SettingsError(_explain(error)) from None


def _with_stage(
    settings: dict[str, Any], stages: Mapping[str, Any], stage: str | None
) -> dict[str, Any]:
    if stage is None:
        return settings
    if stage not in stages:
        allowed = ", ".join(sorted(stages)) or "none"
        raise SettingsError(
            f"stage: unknown stage {stage!r}, a2i.stages in cdk.json has: {allowed}"
        )
    over = _object(stages[stage], f"{CONTEXT_KEY}.stages.{stage}")
    merged: dict[str, Any] = _STAGE_MERGER.merge(deepcopy(settings), dict(over))
    return merged


def _with_value(settings: Any, path: list[str], value: Any, key: str) -> Any:
    """A copy of the settings with one value changed; numbers in the path count through lists."""
    if not path:
        return _parsed(value)
    name, rest = path[0], path[1:]
    if isinstance(settings, list):
        if not name.isdigit() or int(name) >= len(settings):
            raise SettingsError(
                f"{key}: {name!r} is no position in the list, allowed are 0 to {len(settings) - 1}"
            )
        position = int(name)
        changed = _with_value(settings[position], rest, value, key)
        return [*settings[:position], changed, *settings[position + 1 :]]
    inner = settings if isinstance(settings, Mapping) else {}
    return {**inner, name: _with_value(inner.get(name), rest, value, key)}


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def _object(value: Any, key: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise SettingsError(f"{key}: must be an object, got {value!r}: correct it in cdk.json")
    return value


def _explain(error: ValidationError) -> str:
    lines = [_explain_one(detail) for detail in error.errors()]
    remedy = "correct cdk.json, or pass -c <key>=<value>"
    return "\n".join([*lines, remedy]) if len(lines) > 1 else f"{lines[0]}; {remedy}"


def _explain_one(detail: ErrorDetails) -> str:
    key = ".".join([CONTEXT_KEY, *(str(part) for part in detail["loc"])])
    match detail["type"]:
        case "extra_forbidden":
            allowed = ", ".join(_keys_beside(detail["loc"]))
            return f"{key}: unknown key with value {detail['input']!r}, allowed are {allowed}"
        case "missing":
            return f"{key}: is missing"
        case "literal_error":
            return f"{key}: must be {detail['ctx']['expected']}, got {detail['input']!r}"
        case "value_error":
            return f"{key}: {detail['ctx']['error']}"
        case _:
            return f"{key}: {detail['msg'].lower()}, got {detail['input']!r}"


def _keys_beside(location: Iterable[int | str]) -> list[str]:
    """The keys that the object at the end of a location may have."""
    *parents, _ = location
    model: type[BaseModel] = ReviewSettings
    for name in (part for part in parents if isinstance(part, str)):
        model = _model_of(model, name)
    return sorted(str(field.alias) for field in model.model_fields.values())


def _model_of(model: type[BaseModel], alias: str) -> type[BaseModel]:
    [annotation] = [f.annotation for f in model.model_fields.values() if f.alias == alias]
    candidates = [annotation, *getattr(annotation, "__args__", ())]
    return next(c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel))
