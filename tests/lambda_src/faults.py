"""Faults between the logic and its clients: a function that dies before or after any call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class Killed(BaseException):
    """The function's process ended here; nothing in it can catch this."""


@dataclass
class Fuse:
    """Lets `remaining` moments pass, then kills. Each call has two: before it and after it.

    Dying after a call is what a lost response looks like: the service has acted, nobody knows.
    """

    remaining: int

    def burn(self) -> None:
        if self.remaining == 0:
            raise Killed
        self.remaining -= 1

    def around(self, client: Any) -> Any:
        return _Fused(client, self)


@dataclass
class _Fused:
    client: Any
    fuse: Fuse

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        call = getattr(self.client, operation)

        def fused(**parameters: Any) -> Any:
            self.fuse.burn()
            answer = call(**parameters)
            self.fuse.burn()
            return answer

        return fused
