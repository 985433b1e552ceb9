"""Paginators, as boto3's clients have them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Pages:
    """Calls a list operation until it gives no NextToken."""

    operation: Callable[..., dict[str, Any]]

    def paginate(self, **parameters: Any) -> Iterator[dict[str, Any]]:
        token: dict[str, str] = {}
        while True:
            page = self.operation(**parameters, **token)
            yield page
            if not page.get("NextToken"):
                return
            token = {"NextToken": page["NextToken"]}
