"""DynamoDB writes of human loops in the account: units per review, and the busiest key.

Reviews run from start to told end over the store's own items and keys. An index entry whose sort
key changes is deleted and put anew: two writes of its partition key.
"""

import hashlib
import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from benchmarks.measure import Measurement
from tests.lambda_src.account_loops import AccountLoops, StreamedDynamoDB, reviewer

REVIEWS = 2_000
STARTS_PER_SECOND = 1_000
REVIEWERS = 500
_TASK: dict[str, Any] = {
    "TaskTitle": "Check the sentiment of a text",
    "TaskDescription": "Confirm or correct the sentiment that the model found",
    "TaskKeywords": ["text", "sentiment"],
}
_INDEXES = {
    "offers": ("offersKey", "offersOrder"),
    "byFlow": ("flowKey", "flowOrder"),
    "open": ("openKey", "dueAt"),
}
_UNIT_BYTES = 1024
_ITEM_BYTES_OF_INDEX = 100
"""Bytes that DynamoDB adds to each item of an index."""


@dataclass
class CountingDynamoDB(StreamedDynamoDB):
    """Counts what each write costs, and which partition keys it writes."""

    units: int = 0
    writes: Counter[tuple[str, str]] = field(default_factory=Counter)
    items: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    largest: int = 0

    def put_item(self, **parameters: Any) -> Any:
        """Write, and count the table and each index whose entry changes."""
        answer = super().put_item(**parameters)
        self._count(parameters["Item"], parameters["Item"])
        return answer

    def delete_item(self, **parameters: Any) -> Any:
        """Delete, and count likewise."""
        answer = super().delete_item(**parameters)
        self._count(parameters["Key"], {})
        return answer

    def _count(self, key: dict[str, Any], item: dict[str, Any]) -> None:
        place = key["pk"]["S"], key["sk"]["S"]
        before = self.items.get(place, {})
        size = max(_size(before), _size(item))
        self.largest = max(self.largest, size)
        self._write("table", place[0], size)
        for index, attributes in _INDEXES.items():
            was, now = ([each.get(name) for name in attributes] for each in (before, item))
            if was == now:
                continue
            for partition, order in (was, now):
                if partition is not None:
                    entry = {"pk": key["pk"], "sk": key["sk"], "k": partition, "o": order}
                    self._write(index, partition["S"], _size(entry) + _ITEM_BYTES_OF_INDEX)
        self.items[place] = item

    def _write(self, index: str, partition: str, size: int) -> None:
        self.units += math.ceil(size / _UNIT_BYTES)
        self.writes[index, partition] += 1


def measure(reviews: int = REVIEWS) -> list[Measurement]:
    """Units of a review with one answer, and writes per second of the busiest key."""
    account = AccountLoops()
    flow = account.create_flow_definition("sentiment-0a1b2c3d4e-0123456789", **_TASK)
    counting = CountingDynamoDB()
    account.dynamodb = counting
    tasks = account.tasks()
    for number in range(reviews):
        name = f"sentiment-{hashlib.sha256(str(number).encode()).hexdigest()[:40]}"
        worker = reviewer(f"0b0b0b0b-1c1c-2d2d-3e3e-{number % REVIEWERS:012}")
        account.start(name, flow)
        tasks.accept(name, worker)
        tasks.submit(name, worker, {"label": "yes"})
        account.deliver()
    account.close()
    (index, _), count = counting.writes.most_common(1)[0]
    rate = count / reviews * STARTS_PER_SECOND
    return [
        Measurement("write units of a review in the account", counting.units / reviews, "", 25),
        Measurement(
            f"writes of the busiest key ({index}) at {STARTS_PER_SECOND} starts per second",
            rate,
            "per s",
            600,
        ),
        Measurement("largest item of a human loop", counting.largest, "bytes"),
    ]


def _size(value: Any) -> int:
    """Size of an item in bytes, as DynamoDB counts it."""
    return sum(len(name.encode()) + _size_of_value(each) for name, each in value.items())


def _size_of_value(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return math.ceil(len(content) / 2) + 1
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + _size_of_value(v) for name, v in content.items())
    if kind == "L":
        return 3 + sum(1 + _size_of_value(each) for each in content)
    return 1
