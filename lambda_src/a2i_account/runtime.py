"""A2I's runtime client over the loops of the account: same methods, arguments and errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from a2i_account.pages import Pages
from a2i_account.service_errors import as_client_errors
from a2i_core.human_loops.runtime_operations import RuntimeOperations


@dataclass(frozen=True)
class AccountRuntime:
    """What the functions use of boto3's `sagemaker-a2i-runtime` client."""

    operations: RuntimeOperations

    def start_human_loop(self, **parameters: Any) -> dict[str, Any]:
        return self._call("StartHumanLoop", parameters)

    def describe_human_loop(self, **parameters: Any) -> dict[str, Any]:
        return self._call("DescribeHumanLoop", parameters)

    def list_human_loops(self, **parameters: Any) -> dict[str, Any]:
        return self._call("ListHumanLoops", parameters)

    def stop_human_loop(self, **parameters: Any) -> dict[str, Any]:
        return self._call("StopHumanLoop", parameters)

    def delete_human_loop(self, **parameters: Any) -> dict[str, Any]:
        return self._call("DeleteHumanLoop", parameters)

    def get_paginator(self, operation: str) -> Pages:
        return Pages({"list_human_loops": self.list_human_loops}[operation])

    def _call(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        with as_client_errors(operation):
            result = self.operations.by_name()[operation](parameters)
        return {name: value for name, value in result.items() if value is not None}
