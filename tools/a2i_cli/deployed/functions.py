"""Functions of a deployed stack that commands invoke: starter, reconciler, clock."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from a2i_cli.deployed.deployment import Deployment
from a2i_cli.failures import CommandError
from a2i_cli.json_files import STDIN, read_json_object
from a2i_client.errors import FunctionFailedError
from a2i_client.functions import invoke

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
        typer.BadParameter: neither a file nor the least parts are given, or two are to be read from
            standard input.
        CommandError: a file cannot be read or holds no JSON object.
    """
    if request is None and (review_id is None or input_ is None):
        raise typer.BadParameter("pass --request, or --review-id and --input")
    if [request, input_, prediction].count(STDIN) > 1:
        raise typer.BadParameter("only one of --request, --input and --prediction can be -, stdin")
    document = {} if request is None else read_json_object(request, "request file")
    if review_id is not None:
        document["reviewId"] = review_id
    if flow is not None:
        document["flow"] = flow
    if input_ is not None:
        document["input"] = read_json_object(input_, "input file")
    if prediction is not None:
        document["prediction"] = read_json_object(prediction, "prediction file")
    return document


def send_request(
    lambda_: "LambdaClient", function_name: str, request: dict[str, Any]
) -> dict[str, Any]:
    """Return what the starter decided.

    Raises:
        CommandError: the starter refused the request; the message holds its own words.
    """
    return _invoke(lambda_, function_name, request, "the starter refused the request")


def reconcile(
    deployment: Deployment, *, flow: str | None = None, discard_starting: bool = False
) -> dict[str, Any]:
    """Invoke the reconciler for one flow, or for all, and return its report.

    `discard_starting` ends reviews that wait for their human loop to start, instead of starting it.

    Raises:
        CommandError: the stack has no reconciler, or it failed; the message holds its own words.
    """
    function = deployment.parameters.get("reconciler-function-name")
    if function is None:
        raise CommandError(
            f"stack {deployment.stack_name} has no reconciler: deploy it with this version"
        )
    request = {"discardStarting": discard_starting, **({"flow": flow} if flow else {})}
    return _invoke(deployment.clients.lambda_, function, request, "the reconciler failed")


def release_all(deployment: Deployment, sub: str) -> int:
    """Release every task that a worker holds in the account, and return their number.

    Raises:
        CommandError: the function failed; the message holds its own words.
    """
    function = deployment.parameters.get("loop-clock-function-name")
    if function is None:
        return 0
    failed = "tasks of the worker stay held"
    answer = _invoke(deployment.clients.lambda_, function, {"releaseAllOf": sub}, failed)
    return int(answer["released"])


def _invoke(
    lambda_: "LambdaClient", function_name: str, request: dict[str, Any], failed: str
) -> dict[str, Any]:
    try:
        return invoke(lambda_, function_name, request)
    except FunctionFailedError as error:
        raise CommandError(f"{failed}: {error}") from error
