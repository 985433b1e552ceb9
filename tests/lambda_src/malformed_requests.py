"""Generator of malformed review requests, as the text of a message; the same number, the same text.

`{bucket}` in a text stands for the input bucket. OBJECTS are what `requestUri` may lead to there.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any

from starter.request import MAX_REQUEST_BYTES
from tests.lambda_src.account import sentiment_request

_INCOMING = "requests/_incoming/"


def _nested(random: Random) -> str:
    depth = random.choice([102, 111, 150, 400, 900, 990, 3000, 20_000])
    opening, closing = random.choice([("[", "]"), ('{"a":', "}")])
    return opening * depth + "1" * (opening != "[") + closing * depth


def _unsayable(random: Random) -> str:
    """JSON text of a value that no request may hold."""
    digits = "9" * random.choice([101, 309, 400, 4299, 4301, 10_000])
    return random.choice(
        [
            _nested(random),
            _nested(random),
            digits,
            f"-{digits}",
            "1e999",
            "-1e400",
            "NaN",
            "Infinity",
            "-Infinity",
            r'"\ud83d"',
            r'"half \udc00 pair"',
            r'{"\ud800": 1}',
        ]
    )


def _with_value(random: Random) -> str:
    """A request with such a value somewhere in input or prediction."""
    place = random.choice(["taskObject", "initialValue", "Sentiment", "Positive", "Negative"])
    text = json.dumps(sentiment_request())
    before, after = text.split(f'"{place}": ')
    _, end = json.JSONDecoder().raw_decode(after)
    return f'{before}"{place}": {_unsayable(random)}{after[end:]}'


def _with_field(random: Random) -> str:
    """A request with a field that is missing, unknown or wrong."""
    request = sentiment_request()
    name = random.choice([*request, "taskToken", "unknown"])
    wrong: dict[str, list[Any]] = {
        "reviewId": ["", "x" * 129, "a\nb", "\x00", 7, None, ["a"], {"a": 1}, True],
        "flow": ["claims", "", 7, ["sentiment"], "x" * 100_000, {"a": "b"}, "Jane Doe"],
        "input": [None, "text", 7, [], {}, {"taskObject": None}, {"taskObject": "x" * 3_200_000}],
        "prediction": [...],
        "taskToken": ["", 7, "t" * 2049, ["t"], {"t": "t"}, False],
    }
    if name == "unknown":
        field = random.choice(
            ["score", "Jane Doe 078-05-1120", "x" * 5000, "", "\x00", "humanLoopName"]
        )
        return json.dumps({**request, field: random.choice([1, "a", None, {"a": []}])})
    value = random.choice(wrong[name])
    if value is ... or (name in ("reviewId", "input") and random.random() < 0.2):
        del request["input"]
        return json.dumps(request)
    return json.dumps({**request, name: value})


def _no_request(random: Random) -> str:
    """Text that is no JSON object."""
    text = json.dumps(sentiment_request())
    cut = random.randrange(len(text))
    return random.choice(
        [
            text[:cut],
            random.choice(["", " ", "null", "true", "7", "[]", '"text"', "{}", "[{}]", "{{}}"]),
            random.choice(["\ufeff", "\u2028", "'a'", "<a/>", "{'reviewId': 'a'}"]),
            _nested(random),
            json.dumps({"Records": random.choice([[], 7, None, [7], [{}], {}])}),
            json.dumps({"humanLoopName": random.choice(["", 7, None, "X", "a" * 64, ["a"]])}),
        ]
    )


def _reference(random: Random) -> str:
    """A reference that leads nowhere, elsewhere, or to no request."""
    keys = [*OBJECTS, "missing.json", "a" * 1025, "ä.json", "..", "a//b", "\x00"]
    uri = random.choice(
        [
            *(f"s3://{{bucket}}/{_INCOMING}{key}" for key in keys),
            f"s3://elsewhere/{_INCOMING}a.json",
            "s3://{bucket}/requests/sentiment/a.json",
            "s3://{bucket}/requests/_incoming",
            *["https://x/y", "s3://", "s3:///", "", "x" * 100_000],
        ]
    )
    request: dict[str, Any] = {"reviewId": "order-1234", "flow": "sentiment", "requestUri": uri}
    if random.random() < 0.2:
        request["requestUri"] = random.choice([None, 7, [uri], {"uri": uri}])
    if random.random() < 0.2:
        request["input"] = {"taskObject": "x"}
    return json.dumps(request)


KINDS = [_with_value, _with_value, _with_field, _no_request, _reference]


def _objects() -> dict[str, bytes]:
    request = json.dumps({"input": {"taskObject": "x"}}).encode()
    unsayable = {_unsayable(Random(number)) for number in range(40)}  # noqa: S311  # test data
    values = {
        f"value-{index}.json": b'{"input": {"taskObject": ' + text.encode() + b"}}"
        for index, text in enumerate(sorted(unsayable))
    }
    return {
        **values,
        "list.json": b"[]",
        "text.json": b'"text"',
        "empty.json": b"",
        "cut.json": request[:-2],
        "binary.json": b"\xff\xfe\x00" * 100,
        "utf16.json": request.decode().encode("utf-16"),
        "large.json": request[:-2] + b" " * MAX_REQUEST_BYTES + b"}}",
        "other-review.json": json.dumps({"reviewId": "another", "input": {}}).encode(),
        "reference.json": json.dumps({"requestUri": "s3://a/b"}).encode(),
        "no-input.json": b'{"prediction": {}}',
    }


OBJECTS = _objects()


def malformed(number: int) -> str:
    """Return a malformed request."""
    random = Random(number)  # noqa: S311  # test data
    return random.choice(KINDS)(random)
