"""Settings of the CDK project that a command runs in."""

import json
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from deepmerge import Merger

from a2i_cli.failures import CommandError
from a2i_cli.json_files import read_json_object

OWN_CONSTRUCTS = "own constructs"
"""In place of a workforce's mode: the app of `a2i init` says in code where reviewers are from."""
_DEFAULT_QUALIFIER = "hnb659fds"  # the CDK's own
_TEAM_KEY = "workteamArn"
"""Context of the app of `a2i init`: a team that exists."""
# Objects are merged key by key, as the app does; everything else, lists too, is replaced.
_STAGE_MERGER = Merger([(dict, "merge")], ["override"], ["override"])


def read_settings(
    folder: Path, stage: str | None = None, over: Mapping[str, str] | None = None
) -> dict[str, Any] | None:
    """Return the context `a2i` of the cdk.json in or above `folder`; None where there is none.

    Args:
        folder: A folder of the project.
        stage: What `a2i.stages.<stage>` says is laid over the rest. Default: nothing is.
        over: Context that wins, as `cdk -c` takes it: `a2i.<path>`, `stage`, or `workteamArn`
            of an app that `a2i init` made. Default: none.

    Raises:
        CommandError: the file is not JSON, or there is no such stage.
    """
    path = _project_file(folder)
    if path is None:
        return None
    context = {**_context(path), **(over or {})}
    settings = context.get("a2i")
    found = _with_stage(
        settings if isinstance(settings, dict) else None, stage or context.get("stage"), path
    )
    if found is None:
        return None
    if _TEAM_KEY in context:
        team = context[_TEAM_KEY]
        mode = {"mode": "workteam", _TEAM_KEY: team} if team else {"mode": OWN_CONSTRUCTS}
        found = {"workforce": mode, **found}
    for key, text in (over or {}).items():
        if key.startswith("a2i."):
            _set(found, key.split(".")[1:], _parsed(text))
    return found


def _set(settings: dict[str, Any], path: list[str], value: Any) -> None:
    """Set a value below the settings; places in lists are nothing that the commands look at."""
    *parents, name = path
    inner: Any = settings
    for parent in parents:
        inner = inner.setdefault(parent, {})
        if not isinstance(inner, dict):
            return
    inner[name] = value


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def read_bootstrap_qualifier(folder: Path) -> str:
    """Return which `cdk bootstrap` the project in or above `folder` relies on."""
    path = _project_file(folder)
    context = {} if path is None else _context(path)
    return str(context.get("@aws-cdk/core:bootstrapQualifier", _DEFAULT_QUALIFIER))


def _project_file(folder: Path) -> Path | None:
    candidates = (each / "cdk.json" for each in (folder, *folder.parents))
    return next((path for path in candidates if path.is_file()), None)


def _context(path: Path) -> dict[str, Any]:
    context = read_json_object(path, "project file").get("context")
    return context if isinstance(context, dict) else {}


def _with_stage(
    settings: dict[str, Any] | None, stage: str | None, path: Path
) -> dict[str, Any] | None:
    if stage is None:
        return settings
    stages = (settings or {}).get("stages", {})
    if settings is None or stage not in stages:
        known = ", ".join(sorted(stages)) or "none"
        raise CommandError(f"{path} has no stage {stage!r} in a2i.stages; it has: {known}")
    merged: dict[str, Any] = _STAGE_MERGER.merge(deepcopy(settings), stages[stage])
    return merged
