"""Body of an HTTP request, with a limit on its size and on the time it takes to come.

Headers need none of ours: hypercorn takes 16 KiB of them, and closes a connection on which no
request is complete within its keep-alive time.
"""

import asyncio
from http import HTTPStatus

from starlette.requests import Request

MAX_BODY_BYTES = 6 * 1024 * 1024
"""Lambda's own limit for requests to the starter; no answer comes near it."""
BODY_SECONDS = 30.0


class BodyRefusedError(Exception):
    """The body is too large, or comes too slowly."""

    def __init__(self, http_status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.http_status = http_status


async def read_body(request: Request) -> bytes:
    """Return the body.

    Raises:
        BodyRefusedError: it is larger than MAX_BODY_BYTES, or takes longer than BODY_SECONDS.
    """
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                size += len(part)
                if size > MAX_BODY_BYTES:
                    raise BodyRefusedError(
                        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                        f"a body has at most {MAX_BODY_BYTES} bytes",
                    )
                parts.append(part)
    except TimeoutError as error:
        raise BodyRefusedError(
            HTTPStatus.REQUEST_TIMEOUT, f"the body did not come within {BODY_SECONDS:g} s"
        ) from error
    return b"".join(parts)
