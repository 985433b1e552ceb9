"""Answers to requests of an HTTP API, payload format 2.0."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from a2i_core.human_loops.errors import WorkerTaskError

Event = Mapping[str, Any]
Response = dict[str, Any]
_JSON_HEADERS = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
_WORTH_COMPRESSING = 1_000


def as_json(status: int, body: Mapping[str, Any]) -> Response:
    return {"statusCode": int(status), "headers": _JSON_HEADERS, "body": json.dumps(body)}


def as_text(event: Event, text: str, headers: Mapping[str, str]) -> Response:
    """Answer with a page, script or style sheet, compressed where the browser takes that.

    An HTTP API passes bytes on as they are.
    """
    body: Response = {"statusCode": int(HTTPStatus.OK), "headers": dict(headers), "body": text}
    if len(text) < _WORTH_COMPRESSING or not _takes_gzip(event):
        return body
    compressed = base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()
    encoding = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return {
        **body,
        "headers": {**body["headers"], **encoding},
        "body": compressed,
        "isBase64Encoded": True,
    }


def code_of(error: WorkerTaskError) -> str:
    return type(error).__name__.removesuffix("Error")


def _takes_gzip(event: Event) -> bool:
    accepted = event.get("headers", {}).get("accept-encoding", "")
    return "gzip" in {coding.partition(";")[0].strip() for coding in accepted.split(",")}
