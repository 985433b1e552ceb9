"""The starter, held still while the guard counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


@dataclass(frozen=True)
class StarterFunction:
    lambda_: LambdaClient
    name: str

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Start nothing new meanwhile, nor afterwards unless an error ends it.

        Without concurrency Lambda takes no invocation: direct callers are throttled, queue and
        events try again. A reservation that somebody made is put back.
        """
        former = self.lambda_.get_function_concurrency(FunctionName=self.name)
        self._reserve(0)
        try:
            yield
        except BaseException:
            self._resume(former.get("ReservedConcurrentExecutions"))
            raise

    def _resume(self, former: int | None) -> None:
        """A reservation of 0 is what a guard left behind that was killed."""
        if former:
            self._reserve(former)
        else:
            self.lambda_.delete_function_concurrency(FunctionName=self.name)

    def _reserve(self, concurrency: int) -> None:
        self.lambda_.put_function_concurrency(
            FunctionName=self.name, ReservedConcurrentExecutions=concurrency
        )
