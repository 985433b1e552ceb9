"""Settings of the CDK project that a command runs in."""

from copy import deepcopy
from pathlib import Path
from typing import Any

from deepmerge import Merger

from a2i_cli.failures import CommandError
from a2i_cli.json_files import read_json_object

_DEFAULT_QUALIFIER = "hnb659fds"  # the CDK's own
# Objects are merged key by key, as the app does; everything else, lists too, is replaced.
_STAGE_MERGER = Merger([(dict, "merge")], ["override"], ["override"])


def read_settings(folder: Path, stage: str | None = None) -> dict[str, Any] | None:
    """Return the context `a2i` of the cdk.json in or above `folder`; None where there is none.

    With `stage` what `a2i.stages.<stage>` says is laid over it.

    Raises:
        CommandError: the file is not JSON, or there is no such stage.
    """
    path = _project_file(folder)
    if path is None:
        return None
    settings = _context(path).get("a2i")
    return _with_stage(settings if isinstance(settings, dict) else None, stage, path)


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
