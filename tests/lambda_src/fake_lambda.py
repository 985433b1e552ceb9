"""Lambda for the tests: the results function's logic, and a reserved concurrency."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from a2i_shared.errors import HumanReviewError
from tests.lambda_src.account import Account, finish


@dataclass
class FakeLambda:
    account: Account
    wrap: Callable[[Any], Any] = lambda client: client
    error: dict[str, str] | None = None
    """What the function fails with instead."""
    invoked: list[dict[str, Any]] = field(default_factory=list)

    def invoke(self, **parameters: Any) -> dict[str, Any]:
        event = json.loads(parameters["Payload"])
        self.invoked.append(event["detail"])
        failure = self.error
        if failure is None:
            try:
                finish(self.account.finisher(self.wrap), event)
            except HumanReviewError as error:
                failure = {"errorType": type(error).__name__, "errorMessage": str(error)}
        if failure is None:
            return {"Payload": io.BytesIO(b"null")}
        payload = io.BytesIO(json.dumps(failure).encode())
        return {"FunctionError": "Unhandled", "Payload": payload}


@dataclass
class FakeConcurrency:
    """The reserved concurrency of one function; None where nobody reserved any."""

    reserved: int | None = None

    def get_function_concurrency(self, **_: str) -> dict[str, int]:
        return {} if self.reserved is None else {"ReservedConcurrentExecutions": self.reserved}

    def put_function_concurrency(self, **parameters: Any) -> None:
        self.reserved = parameters["ReservedConcurrentExecutions"]

    def delete_function_concurrency(self, **_: str) -> None:
        self.reserved = None
