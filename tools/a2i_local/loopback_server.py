"""Serves an ASGI application on 127.0.0.1 for as long as a `with` block runs."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, cast

from hypercorn.asyncio import serve
from hypercorn.config import Config
from hypercorn.typing import Framework
from starlette.types import ASGIApp

from a2i_local.host.listeners import listen, port_of
from a2i_local.host.settings import LOOPBACK

GRACEFUL_STOP_SECONDS = 1
STOP_TIMEOUT_SECONDS = 5


@contextmanager
def serving(app: ASGIApp, *, port: int = 0) -> Iterator[str]:
    """Serve `app` in a thread of its own and yield its URL (`http://127.0.0.1:PORT`).

    Port 0 takes any free port.

    Raises:
        LocalAwsError: the port is taken.
    """
    listener = listen(port, "this server")
    url = f"http://{LOOPBACK}:{port_of(listener)}"
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
