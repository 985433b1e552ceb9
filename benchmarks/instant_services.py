"""Stand-ins for the starter's AWS services: instant, but for 50 ms per StartHumanLoop call.

`python -m benchmarks.instant_services` prints its port and serves until its input ends. It answers
the starter's calls for new reviews and no others: what the services do is the local AWS's work.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

START_SECONDS = 0.05
FLOWS_PATH = "/a2i/bench/flows"
FLOW_ARN = "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/bench"
_POLICY = {"version": "1", "reviewWhen": {"confidence": {"path": "score", "below": 0.99}}}
_FLOW = {
    "Name": f"{FLOWS_PATH}/bench",
    "Value": json.dumps({"flow": "bench", "flowDefinitionArn": FLOW_ARN, "reviewWhen": _POLICY}),
}
_HOST = "127.0.0.1"
_INPUT_BYTES = 3 * 1024 * 1024 - 1000
_PREDICTION_BYTES = 3 * 1024 * 1024 - 1000


def _largest(item: str) -> bytes:
    """The largest request of such items."""
    value, other = (
        f"[{','.join([item] * (size // (len(item) + 1)))}]"
        for size in (_INPUT_BYTES, _PREDICTION_BYTES)
    )
    return f'{{"input":{{"taskObject":{value}}},"prediction":{{"score":0.5,"x":{other}}}}}'.encode()


CONTENTS = {
    "text": f'"{"x" * 3_000_000}"',
    "numbers": "1000",
    "objects": '{"id":1000,"text":"word"}',
    "empty-lists": "[]",
    "smallest-objects": '{"":0}',
}
"""An item of each kind of content, of which the requests below the incoming prefix are made."""


@dataclass(frozen=True)
class Request:
    """An HTTP request, with the `X-Amz-Target` that names its operation."""

    method: str
    path: str
    target: str
    body: bytes


class InstantServices:
    """DynamoDB stand-in: GetItem and UpdateItem return the item that PutItem wrote."""

    def __init__(self) -> None:
        self._items: dict[tuple[str, ...], dict[str, Any]] = {}
        self._made: dict[str, bytes] = {}
        self._operations: dict[str, Callable[[Mapping[str, Any]], Any]] = {
            "GetItem": self._get_item,
            "PutItem": self._put_item,
            "UpdateItem": self._update_item,
            "GetParametersByPath": lambda _: {"Parameters": [_FLOW]},
            "PutEvents": lambda _: {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]},
        }

    async def answer(self, request: Request) -> Any:
        """The body of the answer as bytes or JSON."""
        if request.path == "/human-loops":
            await asyncio.sleep(START_SECONDS)
            name = json.loads(request.body)["HumanLoopName"]
            return {"HumanLoopArn": f"arn:aws:sagemaker:us-east-1:123456789012:human-loop/{name}"}
        if request.method in ("PUT", "DELETE"):
            return b""
        if request.method in ("GET", "HEAD"):
            return self._object(request.path.rpartition("/")[2].removesuffix(".json"))
        return self._operations[request.target.rpartition(".")[2]](json.loads(request.body))

    def _object(self, content: str) -> bytes:
        if content not in self._made:
            self._made = {content: _largest(CONTENTS[content])}
        return self._made[content]

    def _put_item(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        item = parameters["Item"]
        self._items[_key(item)] = item
        return {}

    def _get_item(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        item = self._items.get(_key(parameters["Key"]))
        return {} if item is None else {"Item": item}

    def _update_item(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        item = self._items[_key(parameters["Key"])]
        return {"Attributes": {**item, "status": {"S": "InProgress"}}}


def _key(item: Mapping[str, Any]) -> tuple[str, ...]:
    """Primary key of an item of the ledger, or of the table of human loops."""
    return tuple(item[name]["S"] for name in ("humanLoopName", "pk", "sk") if name in item)


async def _serve_connection(
    services: InstantServices, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    while request := await _read(reader):
        answer = await services.answer(request)
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        writer.write(f"{head}\r\n\r\n".encode())
        if request.method != "HEAD":
            writer.write(body)
    writer.close()


async def _read(reader: asyncio.StreamReader) -> Request | None:
    """The next request; None once the client has closed the connection."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.strip().split("\r\n")
    fields = (line.split(": ", 1) for line in lines)
    headers = {name.lower(): value for name, value in fields}
    method, path, _ = first.split(" ")
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, path, headers.get("x-amz-target", ""), body)


async def _serve() -> None:
    services = InstantServices()
    server = await asyncio.start_server(
        lambda reader, writer: _serve_connection(services, reader, writer), _HOST, 0
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve())
