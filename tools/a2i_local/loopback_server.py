"""Serves an ASGI application on 127.0.0.1 for as long as a `with` block runs."""

import asyncio
import socket
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, cast

from hypercorn.asyncio import serve
from hypercorn.config import Config
from hypercorn.typing import Framework
from starlette.types import ASGIApp

LOOPBACK = "127.0.0.1"
GRACEFUL_STOP_SECONDS = 1
STOP_TIMEOUT_SECONDS = 5


class PortInUseError(Exception):
    """Another process listens on the port."""


@contextmanager
def serving(app: ASGIApp, *, port: int = 0) -> Iterator[str]:
    """Serve `app` in a thread of its own and yield its URL (`http://127.0.0.1:PORT`).

    Port 0 takes any free port.

    Raises:
        PortInUseError: the port is taken.
    """
    listener = _listener(port)
    url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    # The server owns the socket from here on and closes it.
    server = _serve(app, f"fd://{listener.detach()}", stop)
    thread = threading.Thread(target=_run, args=(loop, server), daemon=True)
    thread.start()
    try:
        yield url
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(STOP_TIMEOUT_SECONDS)


def _listener(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        raise PortInUseError(
            f"port {port} of {LOOPBACK} is in use: choose another, or 0 for any free one"
        ) from error
    # Listening before the server runs: a connection made at once waits instead of failing.
    listener.listen()
    return listener


async def _serve(app: ASGIApp, bind: str, stop: asyncio.Event) -> None:
    config = Config()
    config.bind = [bind]
    config.graceful_timeout = GRACEFUL_STOP_SECONDS
    config.errorlog = None

    async def stopped() -> None:
        await stop.wait()

    # Starlette and hypercorn describe the same ASGI callable with different types.
    await serve(cast("Framework", app), config, shutdown_trigger=stopped, mode="asgi")


def _run(loop: asyncio.AbstractEventLoop, server: Coroutine[Any, Any, None]) -> None:
    try:
        loop.run_until_complete(server)
    finally:
        loop.close()
