"""Reads JSON files given to commands."""

import json
from pathlib import Path
from typing import Any

import typer

from a2i_cli.failures import CommandError

STDIN = Path("-")


def read_json_object(path: Path, what: str) -> dict[str, Any]:
    """Return the object that a UTF-8 file holds; `-` is standard input.

    A byte order mark before the text is left out.

    what: what errors call the file.

    Raises:
        CommandError: it cannot be read, is not UTF-8, not JSON, or no object.
    """
    try:
        document = json.loads(_text_of(path))
    except OSError as error:
        raise CommandError(f"{what} {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{what} {path} is not UTF-8: {error}: save it as UTF-8") from error
    except ValueError as error:
        raise CommandError(f"{what} {path} is not valid JSON: {error}") from error
    if not isinstance(document, dict):
        raise CommandError(f"{what} {path} must hold a JSON object, got {type(document).__name__}")
    return document


def _text_of(path: Path) -> str:
    if path == STDIN:
        return typer.get_binary_stream("stdin").read().decode("utf-8-sig")
    return path.read_text(encoding="utf-8-sig")
