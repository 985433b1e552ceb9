"""A client while one backend takes over from another, in which reviews are still pending."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from a2i_shared.service_errors import code_of

_ABSENT = {"ResourceNotFound", "ResourceNotFoundException"}
_OF_TAGS = {"add_tags", "delete_tags", "list_tags"}
"""SageMaker calls an ARN invalid that it does not know, where others say that it is absent."""
_MAKES = {"start_human_loop", "create_flow_definition"}


@dataclass(frozen=True)
class FirstThenDrained:
    """Makes new things in the first backend, and finds things in whichever has them.

    Names and ARNs of the two never meet: a flow definition's name has a hash of its properties,
    which differ, and a review is looked for in both before it starts.
    """

    first: Any
    drained: tuple[Any, ...]

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        if operation in _MAKES:
            made: Callable[..., Any] = getattr(self.first, operation)
            return made
        return lambda **parameters: self._find(operation, parameters)

    def get_paginator(self, operation: str) -> _Chained:
        return _Chained(operation, tuple(client.get_paginator(operation) for client in self._all))

    def _find(self, operation: str, parameters: dict[str, Any]) -> Any:
        for client in self._all[:-1]:
            try:
                return getattr(client, operation)(**parameters)
            except ClientError as error:
                if not _says_absent(error, operation):
                    raise
        return getattr(self._all[-1], operation)(**parameters)

    @property
    def _all(self) -> tuple[Any, ...]:
        return (self.first, *self.drained)


@dataclass(frozen=True)
class _Chained:
    operation: str
    paginators: tuple[Any, ...]

    def paginate(self, **parameters: Any) -> Iterator[Any]:
        """Yield the pages of all that know the resource; an error where none does."""
        unknown: list[ClientError] = []
        for paginator in self.paginators:
            try:
                yield from paginator.paginate(**parameters)
            except ClientError as error:
                if not _says_absent(error, self.operation):
                    raise
                unknown.append(error)
        if len(unknown) == len(self.paginators):
            raise unknown[0]


def _says_absent(error: ClientError, operation: str) -> bool:
    code = code_of(error)
    return code in _ABSENT or (code == "ValidationException" and operation in _OF_TAGS)
