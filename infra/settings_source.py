"""Reading of the settings: the context `a2i`, a stage laid over it, the command line over that."""

import json
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from deepmerge import Merger
from pydantic import BaseModel, ValidationError
from pydantic.alias_generators import to_camel, to_snake
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from infra.settings import ReviewSettings, SettingsError

CONTEXT_KEY = "a2i"
STAGE_KEY = "stage"
_OVERRIDE_PREFIX = f"{CONTEXT_KEY}."
_WORDS = {bool: "true or false", int: "a whole number", dict: "an object", str: "text"}
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
    """Return the line for one mistake: key as in cdk.json, value, what is allowed."""
    location, given = detail["loc"], detail["input"]
    key = ".".join([CONTEXT_KEY, *(str(part) for part in location)])
    match detail["type"]:
        case "extra_forbidden":
            return f"{key}: unknown key with value {given!r}{_known_keys(location)}"
        case "missing":
            return f"{key}: is missing, it must be {_allowed(_setting_at(location))}"
        case "literal_error":
            return f"{key}: must be {detail['ctx']['expected']}, got {given!r}"
        case "value_error":
            return _with_key(key, str(detail["ctx"]["error"]))
        case _:
            return f"{key}: must be {_allowed(_setting_at(location))}, got {given!r}"


def _with_key(key: str, refusal: str) -> str:
    """Put the key before a refusal, in place of the name that the library may begin it with."""
    name = key.rpartition(".")[2]
    for known in (name, to_snake(name)):
        rest = refusal.removeprefix(known)
        if rest != refusal and not rest[:1].isalnum():
            return f"{key}:{rest}" if rest.startswith(" must") else f"{key}{rest}"
    return f"{key}: {refusal}"


def _known_keys(location: Sequence[int | str]) -> str:
    *parents, wrong = location
    known = _keys(_model(_setting_at(parents)))
    meant = get_close_matches(to_camel(str(wrong)), known, n=1)
    guess = f", did you mean {meant[0]}? Allowed" if meant else ", allowed"
    return f"{guess} are {', '.join(known)}"


def _allowed(setting: Any) -> str:
    """Return in words what a setting, or an item of one, may be; it follows "must be"."""
    described = _description(setting)
    if described:
        return described
    annotation = setting.annotation if isinstance(setting, FieldInfo) else setting
    model = _model(annotation)
    if model:
        return f"an object with the keys {', '.join(_keys(model))}"
    kinds = {annotation, get_origin(annotation), *get_args(annotation)}
    if tuple in kinds:
        return f"a list, each item {_allowed(get_args(annotation)[0])}"
    return next((words for kind, words in _WORDS.items() if kind in kinds), "text")


def _description(setting: Any) -> str | None:
    """Return the description of a field or of the annotated type in it, but not of list items."""
    if isinstance(setting, FieldInfo):
        return setting.description or _description(setting.annotation)
    if get_origin(setting) is Annotated:
        inner, *notes = get_args(setting)
        found = [note.description for note in notes if isinstance(note, FieldInfo)]
        return next(filter(None, reversed(found)), None) or _description(inner)
    if get_origin(setting) in {Union, UnionType}:
        return next(filter(None, map(_description, get_args(setting))), None)
    return None


def _setting_at(location: Iterable[int | str]) -> Any:
    """Return the field at a location, or the annotation of an item in its list."""
    setting: Any = ReviewSettings
    for part in location:
        model = _model(setting)
        if isinstance(part, int):
            setting = get_args(setting.annotation)[0]
        elif model:
            setting = next(f for f in model.model_fields.values() if f.alias == part)
    return setting


def _model(setting: Any) -> type[BaseModel] | None:
    annotation = setting.annotation if isinstance(setting, FieldInfo) else setting
    candidates = [annotation, *get_args(annotation)]
    return next((c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)), None)


def _keys(model: type[BaseModel] | None) -> list[str]:
    return sorted(str(field.alias) for field in model.model_fields.values()) if model else []
