"""Invokes the reconciler of a stack, which its schedule does every quarter of an hour."""

import json
from typing import Any

from a2i_cli.deployed.deployment import Deployment
from a2i_cli.failures import CommandError


def reconcile(
    deployment: Deployment, *, flow: str | None = None, discard_starting: bool = False
) -> dict[str, Any]:
    """Return the reconciler's report.

    discard_starting: end reviews that wait for their human loop to start, instead of starting it.

    Raises:
        CommandError: the stack has no reconciler, or it failed; the message holds its own words.
    """
    function = deployment.parameters.get("reconciler-function-name")
    if function is None:
        raise CommandError(
            f"stack {deployment.stack_name} has no reconciler: deploy it with this version"
        )
    request = {"discardStarting": discard_starting, **({"flow": flow} if flow else {})}
    response = deployment.clients.lambda_.invoke(
        FunctionName=function, Payload=json.dumps(request).encode()
    )
    answer: dict[str, Any] = json.load(response["Payload"])
    if "FunctionError" in response:
        raise CommandError(
            f"the reconciler failed: {answer.get('errorType', 'error')}:"
            f" {answer.get('errorMessage', 'no message')}"
        )
    return answer
