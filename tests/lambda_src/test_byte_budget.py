"""Requests of a batch share the function's memory."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Lock
from time import sleep
from typing import Any

import pytest

from starter import handler
from starter.byte_budget import ByteBudget
from starter.request import MAX_REQUEST_BYTES
from tests.lambda_src.account import Account
from tests.lambda_src.invocation import lambda_context, sqs_event

PATIENCE = 5.0


class Meter:
    """Counts what is held at the same time."""

    def __init__(self, budget: ByteBudget) -> None:
        self.budget, self.lock = budget, Lock()
        self.now = self.most = 0

    @contextmanager
    def count(self, size: int) -> Iterator[None]:
        with self.lock:
            self.now += size
            self.most = max(self.most, self.now)
        yield
        with self.lock:
            self.now -= size

    def work(self, size: int) -> None:
        with self.budget.hold(size), self.count(size):
            sleep(0.001)  # for others to hold at the same time, if they may


def test_never_more_than_the_limit_is_held() -> None:
    meter = Meter(ByteBudget(100))

    with ThreadPoolExecutor(10) as threads:
        list(threads.map(meter.work, [30, 60, 20, 90, 10] * 20))

    assert 0 < meter.most <= 100


def test_small_requests_are_worked_on_at_the_same_time() -> None:
    budget, met = ByteBudget(100), Event()

    def wait_for_the_other() -> bool:
        with budget.hold(50):
            return met.wait(PATIENCE)

    with ThreadPoolExecutor(2) as threads:
        waiting = threads.submit(wait_for_the_other)
        with budget.hold(50):
            met.set()
        assert waiting.result()


def test_what_is_larger_than_the_limit_goes_alone() -> None:
    meter = Meter(ByteBudget(100))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(meter.work, [500] * 20))

    assert meter.most == 500


def test_a_request_that_fails_gives_its_room_back() -> None:
    budget = ByteBudget(100)
    for _ in range(3):
        with pytest.raises(ValueError, match="no"), budget.hold(100):
            raise ValueError("no")


def test_large_requests_of_a_batch_are_read_one_after_the_other(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    meter = Meter(ByteBudget(10**9))
    body = b'{"input": {"taskObject": "' + b"x" * 3_000_000 + b'"}}'
    references = []
    for number in range(6):
        key = f"requests/_incoming/{number}.json"
        account.s3.put_object(Bucket=account.input_bucket, Key=key, Body=body)
        uri = f"s3://{account.input_bucket}/{key}"
        references.append({"reviewId": f"r-{number}", "requestUri": uri})
    intake = account.intake()
    start = type(intake.starter).start

    def metered(starter: Any, *arguments: Any) -> Any:
        with meter.count(len(body)):
            return start(starter, *arguments)

    monkeypatch.setattr(type(intake.starter), "start", metered)
    monkeypatch.setattr(handler, "intake", lambda: intake)

    answer = handler.lambda_handler(sqs_event(*references), lambda_context(60))

    assert answer == {"batchItemFailures": []}
    assert len(account.a2i.starts) == 6
    assert meter.most <= MAX_REQUEST_BYTES


def test_an_object_that_is_too_large_is_not_read(account: Account) -> None:
    key = "requests/_incoming/large.json"
    account.s3.put_object(Bucket=account.input_bucket, Key=key, Body=b" " * 24_000_000)
    uri = f"s3://{account.input_bucket}/{key}"
    read: list[Any] = []

    class Unread:
        """The object's body, which must not be asked for its content."""

        def read(self) -> bytes:
            read.append(self)
            return b""

        def close(self) -> None:
            """Nothing is open."""

    original = account.s3

    class S3:
        def get_object(self, **parameters: Any) -> Any:
            return {**original.get_object(**parameters), "Body": Unread()}

    account.s3 = S3()  # type: ignore[assignment]  # the part it uses
    with pytest.raises(Exception, match="24000000 bytes, at most 6291456 are read"):
        account.intake().take_direct({"reviewId": "a", "requestUri": uri}, lambda: 1.0)
    assert not read
