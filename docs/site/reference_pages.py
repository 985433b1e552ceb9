"""Pages of the reference that are made from code: names, settings, commands, shapes, errors."""

import inspect
import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

import a2i_core
from a2i_cli.main import app
from a2i_shared import errors
from infra.settings import ReviewSettings

_DEFAULT_IN_HELP = re.compile(r"\s*\[default: ([^]]*)\]")

PACKAGES = {
    "a2i_constructs": "Constructs",
    "a2i_constructs.step_functions": "Step Functions",
    "a2i_client": "Client",
    "a2i_local.testing": "Tests with a local A2I",
    "worker_template": "Worker task templates",
}


def write_pages(folder: Path) -> None:
    """Write each page as Markdown; one whose text is the same is left, so that builds are short."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {
        **{name: _package(name, title) for name, title in PACKAGES.items()},
        "settings": _page("Settings", "Keys of `a2i` in cdk.json.", _settings(ReviewSettings)),
        "commands": _page("Commands", "`a2i --help` says the same.", _commands()),
        "shapes": _page("Requests, events, results", "From the JSON Schemas.", _shapes()),
        "errors": _page("Errors", "What functions refuse or report, by name.", _errors()),
    }
    for name, text in pages.items():
        path = folder / f"{name}.md"
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def _page(title: str, introduction: str, lines: Iterator[str]) -> str:
    return "\n".join([f"# {title}", "", introduction, "", *lines, ""])


def _package(name: str, title: str) -> str:
    """The public names of a package, classes before functions and constants."""
    package = import_module(name)
    parts = [f"# {title}", "", f"`{name}`", "", "```{eval-rst}"]
    for symbol in sorted(package.__all__):
        value = getattr(package, symbol)
        if inspect.isclass(value):
            parts += [
                f".. autoclass:: {name}.{symbol}",
                "   :members:",
                "   :show-inheritance:",
                "",
            ]
        elif callable(value):
            parts += [f".. autofunction:: {name}.{symbol}", ""]
        else:
            parts += [f".. autodata:: {name}.{symbol}", ""]
    return "\n".join([*parts, "```", ""])


def _settings(model: type[BaseModel], prefix: str = "", level: int = 2) -> Iterator[str]:
    """A table of the model's own keys, then one for each model below it."""
    heading = prefix.rstrip(".") or "a2i"
    yield from (f"{'#' * level} {heading}", "", inspect.cleandoc(model.__doc__ or ""), "")
    yield from ("| key | default | allowed |", "|---|---|---|")
    nested = []
    for name, field in model.model_fields.items():
        key = field.alias or name
        below = _model_in(field.annotation)
        if below is not None:
            nested.append((f"{prefix}{key}.", below))
        default = "required" if field.is_required() else f"`{_json(field.get_default())}`"
        yield f"| `{key}` | {default} | {_cell(field.description or '')} |"
    yield ""
    for below_prefix, below in nested:
        yield from _settings(below, below_prefix, level)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_model_in(each) for each in getattr(annotation, "__args__", ()))
    return next((model for model in inner if model is not None), None)


def _json(value: Any) -> str:
    if value is PydanticUndefined or isinstance(value, BaseModel):
        return "{}"
    return json.dumps(value, default=str)


def _commands() -> Iterator[str]:
    command = typer.main.get_command(app)
    yield from _command(command, command.make_context("a2i", ["--help"], resilient_parsing=True))


def _command(command: Any, context: Any) -> Iterator[str]:
    """A command with its options, or a group with its commands."""
    if hasattr(command, "list_commands"):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            inner = below.make_context(name, [], parent=context, resilient_parsing=True)
            yield from _command(below, inner)
        if not getattr(command, "invoke_without_command", False):
            return
    yield from (f"## {context.command_path}", "", inspect.cleandoc(command.help or ""), "")
    rows = [_option(each) for each in command.params if each.name != "help"]
    if rows:
        yield from ("| option | default | means |", "|---|---|---|", *rows, "")


def _option(parameter: Any) -> str:
    value = "" if parameter.metavar is None or parameter.required else f" {parameter.metavar}"
    opts = [*parameter.opts, *parameter.secondary_opts]
    names = ", ".join(f"`{name}{value}`" for name in opts)
    help_ = _cell(getattr(parameter, "help", None) or "")
    said, shown = _DEFAULT_IN_HELP.sub("", help_), _DEFAULT_IN_HELP.search(help_)
    return f"| {names} | {shown[1] if shown else _default(parameter)} | {said} |"


def _default(parameter: Any) -> str:
    """Return the default as the command's help says it: a value, or the words for one."""
    if parameter.required:
        return "required"
    shown = getattr(parameter, "show_default", None)
    if isinstance(shown, str):
        return shown
    if parameter.default is None or callable(parameter.default):
        return ""
    value = getattr(parameter.default, "value", parameter.default)
    if isinstance(value, bool):
        value = parameter.opts[0] if value else "off"
    return f"`{value}`" if value not in ((), [], "") else ""


def _shapes() -> Iterator[str]:
    for path in sorted((Path(a2i_core.__path__[0]) / "schemas").glob("*.schema.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        yield from (f"## {path.name.removesuffix('.schema.json')}", "")
        yield from (_cell(schema.get("description", "")), "")
        if "properties" not in schema:
            continue
        yield from ("| field | needed | is |", "|---|---|---|")
        for name, field in schema["properties"].items():
            needed = "yes" if name in schema.get("required", ()) else ""
            yield f"| `{name}` | {needed} | {_cell(_kind(field))} |"
        yield ""


def _kind(field: dict[str, Any]) -> str:
    words = [field["description"]] if "description" in field else []
    kinds = [each.get("type", "") for each in field.get("anyOf", [field])]
    values = field.get("enum", [field["const"]] if "const" in field else [])
    words += [" or ".join(filter(None, kinds)), " ".join(f"`{value}`" for value in values)]
    return ": ".join(filter(None, words))


def _errors() -> Iterator[str]:
    yield from ("| error | means |", "|---|---|")
    for name, error in inspect.getmembers(errors, inspect.isclass):
        if issubclass(error, errors.HumanReviewError) and error is not errors.HumanReviewError:
            yield f"| `{name}` | {_cell(inspect.getdoc(error) or '')} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
