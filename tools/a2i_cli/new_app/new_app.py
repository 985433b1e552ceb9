"""Writes a new app, or a CI service's workflows, into a folder."""

import json
import shutil
from collections.abc import Iterator, Sequence
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any

import liquid

from a2i_cli.failures import CommandError
from worker_template import TEMPLATE_SUFFIX, bundled_template_path

_FILES = Path(str(resources.files("a2i_cli.new_app"))) / "files"
_FLOWS = _FILES.with_name("flows.json")
_MADE_BY_SETUP = {".git", ".venv"}  # what people make before they start
_SUFFIX = ".liquid"
_DOT = "dot_"


def write_app(folder: Path, templates: Sequence[str]) -> list[Path]:
    """Write an app with a flow for each ready template; return its files, relative to `folder`.

    Raises:
        CommandError: the folder is not empty, or there is no such ready template.
    """
    flows = [_flow(name) for name in dict.fromkeys(templates)]
    _refuse_filled(folder)
    values = {"flows": flows, "version": version("a2i-constructs")}
    written = [_write(folder, source, name, values) for source, name in _sources("app")]
    for flow in flows:
        written.extend(_write_template(folder / "worker_templates", flow))
    return sorted(path.relative_to(folder) for path in written)


def write_ci(folder: Path, service: str) -> list[Path]:
    """Write a CI service's workflows; return their files, relative to `folder`.

    Raises:
        CommandError: the folder holds no app, or one of the files exists.
    """
    if not (folder / "cdk.json").is_file():
        raise CommandError("no cdk.json in this folder: run it in the folder of an app")
    sources = list(_sources(service))
    for _, name in sources:
        if (folder / name).exists():
            raise CommandError(f"{name} exists: move it away, or merge by hand")
    return [_write(folder, source, name, {}).relative_to(folder) for source, name in sources]


def _flow(template: str) -> dict[str, Any]:
    flows: dict[str, dict[str, Any]] = json.loads(_FLOWS.read_text(encoding="utf-8"))
    if template not in flows:
        known = ", ".join(sorted(flows))
        raise CommandError(f"no ready template is named {template!r}; there are: {known}")
    return {**flows[template], "template": template, "file": template + TEMPLATE_SUFFIX}


def _refuse_filled(folder: Path) -> None:
    found = sorted(path.name for path in folder.iterdir() if path.name not in _MADE_BY_SETUP)
    if found:
        raise CommandError(f"the folder is not empty, it has {found[0]}: run it in an empty folder")


def _sources(part: str) -> Iterator[tuple[Path, Path]]:
    """Yield the files of a part, each with its name in the app."""
    root = _FILES / part
    for source in sorted(path for path in root.rglob("*") if path.is_file()):
        parts = source.relative_to(root).parts
        dotted = (
            f".{part.removeprefix(_DOT)}" if part.startswith(_DOT) else part for part in parts
        )
        name = Path(*dotted)
        yield source, name.with_suffix("") if name.suffix == _SUFFIX else name


def _write(folder: Path, source: Path, name: Path, values: dict[str, Any]) -> Path:
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    text = source.read_text(encoding="utf-8")
    if source.suffix == _SUFFIX:
        text = liquid.Environment(undefined=liquid.StrictUndefined).render(text, **values)
    target.write_text(text, encoding="utf-8")
    return target


def _write_template(folder: Path, flow: dict[str, Any]) -> Iterator[Path]:
    """Copy the files of a ready template, and write what the demonstration answers."""
    folder.mkdir(exist_ok=True)
    name = flow["template"]
    for source in sorted(bundled_template_path(name).parent.glob(f"{name}.*")):
        yield Path(shutil.copyfile(source, folder / source.name))
    answer = folder / f"{name}.answer.json"
    answer.write_text(json.dumps(flow["answer"], indent=2) + "\n", encoding="utf-8")
    yield answer
