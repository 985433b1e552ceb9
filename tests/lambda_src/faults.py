"""Faults between the logic and its clients: what can happen before and after any call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ReadTimeoutError

from tests.lambda_src.service_errors import service_error

NEVER = -1


class Killed(BaseException):
    """The function's process ended here; nothing in it can catch this."""


def kill() -> None:
    raise Killed


def lose_response() -> None:
    """Nobody knows whether the service has acted."""
    raise ReadTimeoutError(endpoint_url="https://api.sagemaker.us-east-1.amazonaws.com")


def deny() -> None:
    """Makes sense before a call only: at an even number of moments."""
    raise service_error("AccessDeniedException", "no policy allows the action")


@dataclass
class Fuse:
    """Lets `moments` pass, then does `at_end`. Each call has two: before it and after it.

    Dying after a call is what a lost response looks like: the service has acted, nobody knows.
    """

    moments: int = NEVER
    at_end: Callable[[], None] = kill

    def burn(self) -> None:
        self.moments -= 1
        if self.moments == NEVER:
            self.at_end()

    def around(self, client: Any) -> Any:
        return _Fused(client, self)


@dataclass
class _Fused:
    client: Any
    fuse: Fuse

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        call = getattr(self.client, operation)

        def fused(*names: str, **parameters: Any) -> Any:
            self.fuse.burn()
            answer = call(*names, **parameters)
            self.fuse.burn()
            return answer

        return fused
