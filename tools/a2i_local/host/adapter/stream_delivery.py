"""Delivers streams of DynamoDB to functions as Lambda does.

ParallelizationFactor batches are with the function at once, and the records of one item stay in
order. A batch that fails comes again from the first record that the function names in
`batchItemFailures`, or in two halves (BisectBatchOnFunctionError), until MaximumRetryAttempts; then
its metadata goes to the mapping's destination (Lambda developer guide, "Using AWS Lambda with
Amazon DynamoDB"). MiniStack has one batch with the function at a time, retries it for ever, and
takes a named failure for a success.
"""

import json
import threading
import time
import zlib
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from ministack.core.concurrency import spawn_background
from ministack.services import dynamodb, lambda_svc

Record = dict[str, Any]

_READ_AT_ONCE = 1_000
_PAUSE_SECONDS = 1.0
"""Before a batch comes again; Lambda's own pause is not documented."""


def deliver_as_lambda_does() -> None:
    """Replace MiniStack's delivery of DynamoDB's streams."""
    consumers: dict[tuple[str, int], _Consumer] = {}

    def poll() -> bool:
        """Return whether there was something to deliver."""
        mappings = {
            (mapping["UUID"], int(mapping.get("ParallelizationFactor") or 1)): (scope, mapping)
            for *scope, mapping in lambda_svc._iter_all_esms()
            if ":dynamodb:" in mapping.get("EventSourceArn", "") and mapping.get("Enabled", True)
        }
        for key in consumers.keys() - mappings.keys():
            consumers.pop(key).stop()
        found = False
        for key, ((account, region), mapping) in mappings.items():
            account_token = lambda_svc._request_account_id.set(account)
            region_token = lambda_svc._request_region.set(region)
            try:
                if key not in consumers:
                    consumers[key] = _Consumer(mapping, lanes=key[1])
                found = consumers[key].read() or found
            finally:
                lambda_svc._request_account_id.reset(account_token)
                lambda_svc._request_region.reset(region_token)
        return found

    lambda_svc._poll_dynamodb_streams = poll


class _Consumer:
    """Reads one stream for one mapping, and delivers it in lanes: those of an item are in one."""

    def __init__(self, mapping: dict[str, Any], *, lanes: int) -> None:
        self.mapping = mapping
        self.is_over = False
        self._table = self.mapping["EventSourceArn"].split("/stream/")[0].rpartition("/")[2]
        lambda_svc._init_stream_position(
            self.mapping["UUID"],
            self.mapping["EventSourceArn"],
            self.mapping.get("StartingPosition", "LATEST"),
        )
        self._read_to: int = lambda_svc._dynamodb_stream_positions.get(self.mapping["UUID"], 0)
        self._lanes = [_Lane(self) for _ in range(lanes)]

    def stop(self) -> None:
        """End after the batches that are with the function."""
        self.is_over = True

    def read(self) -> bool:
        """Take what is new in the stream; return whether there was something."""
        table = dynamodb._tables.get(self._table)
        if not table or table.get("LatestStreamArn") != self.mapping["EventSourceArn"]:
            return False
        first = max(self._read_to, dynamodb.stream_start_position(self._table))
        records = dynamodb.stream_records_since(self._table, first, _READ_AT_ONCE)
        for position, record in enumerate(records, first):
            if lambda_svc._apply_filter_criteria([record], self.mapping):
                keys = json.dumps(record["dynamodb"]["Keys"], sort_keys=True)
                lane = self._lanes[zlib.crc32(keys.encode()) % len(self._lanes)]
                lane.waiting.append((position, record))
        self._read_to = first + len(records)
        for lane in self._lanes:
            lane.deliver_in_background()
        self.note_position()
        return bool(records)

    def note_position(self) -> None:
        """Note where delivery goes on after a restart: at the first record that is not done."""
        with lambda_svc._dynamodb_stream_positions_lock:
            if not self.is_over:
                undone = [lane.first_undone(self._read_to) for lane in self._lanes]
                lambda_svc._dynamodb_stream_positions[self.mapping["UUID"]] = min(undone)

    def call(self, records: list[Record]) -> tuple[int, dict[str, Any]]:
        """Have the function work; return how many records are done, and what it answered."""
        function, _ = lambda_svc._get_func_record_for_qualifier(
            self.mapping["FunctionName"], self.mapping.get("Qualifier")
        )
        if function is None:
            return 0, {"error": True}
        result = lambda_svc._execute_function(function, {"Records": records})
        done = 0 if result.get("error") else self._done(records, result.get("body"))
        self.mapping["LastProcessingResult"] = "OK" if done == len(records) else "FAILED"
        return done, result

    def _done(self, records: list[Record], answer: Any) -> int:
        """Count the records before the first that failed; one that is unknown fails them all."""
        if "ReportBatchItemFailures" not in self.mapping.get("FunctionResponseTypes", []):
            return len(records)
        failures = answer.get("batchItemFailures") if isinstance(answer, dict) else None
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        failed = [failure.get("itemIdentifier") for failure in failures or []]
        if not set(failed) <= set(numbers):
            return 0
        return min(map(numbers.index, failed), default=len(numbers))

    def give_up(self, records: list[Record], result: dict[str, Any], why: str) -> None:
        """Send where they are in the stream to the mapping's destination."""
        lambda_svc._send_ddb_stream_failure_record(
            self.mapping,
            lambda_svc._functions.get(self.mapping["FunctionName"], {}),  # it may be deleted
            records,
            self.mapping["EventSourceArn"],
            result,
            why,
        )


@dataclass
class _Batch:
    """Records with their positions in the stream, and how often they came again."""

    records: list[tuple[int, Record]]
    retries: int = 0


@dataclass(eq=False)
class _Lane:
    """Delivers its records one batch after the other."""

    consumer: _Consumer
    waiting: deque[tuple[int, Record]] = field(default_factory=deque)
    _batches: list[_Batch] = field(default_factory=list)  # the first one is with the function
    _is_busy: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def first_undone(self, otherwise: int) -> int:
        """Return the position of the first record that is not done."""
        with self._lock:
            batches = self._batches
            first = batches[0].records if batches else self.waiting
            return first[0][0] if first else otherwise

    def deliver_in_background(self) -> None:
        """Have the records delivered, unless that is going on."""
        with self._lock:
            if self._is_busy or not (self._batches or self.waiting):
                return
            self._is_busy = True
        spawn_background(self._deliver, thread_name="ministack-esm")

    def _deliver(self) -> None:
        try:
            while batch := self._next():
                done, result = self.consumer.call([record for _, record in batch.records])
                if self._settle(batch, done, result):
                    time.sleep(_PAUSE_SECONDS)
                self.consumer.note_position()
        except Exception:
            with self._lock:
                self._is_busy = False  # the next poll goes on; MiniStack logs what it was
            raise

    def _next(self) -> _Batch | None:
        with self._lock:
            if not self._batches and self.waiting:
                size = min(int(self.consumer.mapping.get("BatchSize") or 100), len(self.waiting))
                self._batches = [_Batch([self.waiting.popleft() for _ in range(size)])]
            if self.consumer.is_over or not self._batches:
                self._is_busy = False
                return None
            return self._batches[0]

    def _settle(self, batch: _Batch, done: int, result: dict[str, Any]) -> bool:
        """Put what is left of a batch in its place; return whether it comes again."""
        left = batch.records[done:]
        records = [record for _, record in left]
        mapping = self.consumer.mapping
        again: list[_Batch] = []
        if not left:
            pass
        elif _is_too_old(records, mapping):
            self.consumer.give_up(records, result, "MaxRecordAgeExceeded")
        elif result.get("error") and mapping.get("BisectBatchOnFunctionError") and left[1:]:
            middle = len(left) // 2
            again = [_Batch(half, batch.retries) for half in (left[:middle], left[middle:])]
        elif batch.retries == int(mapping.get("MaximumRetryAttempts", -1)):
            self.consumer.give_up(records, result, "RetryAttemptsExhausted")
        else:
            again = [_Batch(left, batch.retries + 1)]
        with self._lock:
            self._batches[:1] = again
        return bool(again)


def _is_too_old(records: list[Record], mapping: dict[str, Any]) -> bool:
    age = time.time() - float(records[0]["dynamodb"]["ApproximateCreationDateTime"])
    return 0 < int(mapping.get("MaximumRecordAgeInSeconds") or -1) < age
