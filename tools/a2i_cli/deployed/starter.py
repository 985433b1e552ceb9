"""Sends requests to the starter, the one way into a review that the ledger knows of."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from a2i_cli.failures import CommandError

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


def request_from_files(
    request: Path | None,
    review_id: str | None,
    input_: Path | None,
    prediction: Path | None,
    flow: str | None,
) -> dict[str, Any]:
    """Put a request together from its file and from single parts, which win.

    `-` as a file reads standard input.

    Raises:
        typer.BadParameter: neither a file nor the least parts are given.
        CommandError: a file cannot be read or holds no JSON object.
    """
    if request is None and (review_id is None or input_ is None):
        raise typer.BadParameter("pass --request, or --review-id and --input")
    document = {} if request is None else _read_json_file(request, "request file")
    if review_id is not None:
        document["reviewId"] = review_id
    if flow is not None:
        document["flow"] = flow
    if input_ is not None:
        document["input"] = _read_json_file(input_, "input file")
    if prediction is not None:
        document["prediction"] = _read_json_file(prediction, "prediction file")
    return document


def send_request(
    lambda_: "LambdaClient", function_name: str, request: dict[str, Any]
) -> dict[str, Any]:
    """Return what the starter decided.

    Raises:
        CommandError: the starter refused the request; the message holds its own words.
    """
    response = lambda_.invoke(FunctionName=function_name, Payload=json.dumps(request).encode())
    answer: dict[str, Any] = json.load(response["Payload"])
    if "FunctionError" in response:
        raise CommandError(
            f"the starter refused the request: {answer.get('errorType', 'error')}:"
            f" {answer.get('errorMessage', 'no message')}"
        )
    return answer


def _read_json_file(path: Path, what: str) -> dict[str, Any]:
    try:
        if str(path) == "-":
            text = typer.get_text_stream("stdin").read()
        else:
            text = path.read_text(encoding="utf-8")
        document = json.loads(text)
    except OSError as error:
        raise CommandError(f"{what} {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise CommandError(f"{what} {path} is not valid JSON: {error}") from error
    if not isinstance(document, dict):
        raise CommandError(f"{what} {path} must hold a JSON object, got {type(document).__name__}")
    return document
