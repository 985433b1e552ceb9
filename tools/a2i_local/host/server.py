"""Host process: MiniStack with A2I, and the portal, served from one event loop."""

import asyncio
import json
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import cast

from hypercorn.asyncio import serve as serve_asgi
from hypercorn.config import Config
from hypercorn.typing import Framework
from starlette.types import ASGIApp, Message

from a2i_local.host.certificates import TlsFiles, issue_certificate
from a2i_local.host.listeners import listen_where_last, port_of
from a2i_local.host.settings import Endpoint, HostSettings, ministack_environment
from a2i_local.host.state_folder import last_ports

_KEEP_ALIVE_SECONDS = 75.0
"""Clients of AWS keep their connections; half a request may take as long."""
_GRACEFUL_SECONDS = 1.0
_OWNER_ONLY = 0o700


def serve(settings: HostSettings) -> None:
    """Run until SIGTERM or SIGINT. LocalAwsError: it cannot start, and why."""
    last = last_ports(settings.state_dir)
    gateway_socket = listen_where_last(settings.port, last.aws, "AWS clients")
    portal_socket = listen_where_last(settings.portal_port, last.portal, "the worker portal")
    tls = _prepare_run_dir(settings.run_dir)
    endpoint = Endpoint(
        port=port_of(gateway_socket),
        portal_port=port_of(portal_socket),
        ca_certificate=tls.ca_certificate,
        region=settings.region,
        account=settings.account,
    )
    os.environ.update(ministack_environment(settings, endpoint, tls.certificate, tls.key))
    serving = _serve(settings, endpoint, _tls_config(gateway_socket, tls), _config(portal_socket))
    # Not asyncio.run: that would wait for threads of functions that never answer.
    asyncio.new_event_loop().run_until_complete(serving)


@asynccontextmanager
async def started(app: ASGIApp) -> AsyncIterator[None]:
    """Run the application's startup before the block, its shutdown after it."""
    told: asyncio.Queue[Message] = asyncio.Queue()
    answers: asyncio.Queue[Message] = asyncio.Queue()
    running = asyncio.create_task(_run(app, told, answers))
    await told.put({"type": "lifespan.startup"})
    await _answer_of(running, answers)
    try:
        yield
    finally:
        await told.put({"type": "lifespan.shutdown"})
        await _answer_of(running, answers)
        await running


async def _serve(
    settings: HostSettings, endpoint: Endpoint, gateway: Config, portal: Config
) -> None:
    # MiniStack reads its environment while it is imported.
    from a2i_local.host.composition import running_parts  # noqa: PLC0415

    stop = _stop_on_signals()
    async with running_parts(settings, endpoint) as parts, asyncio.TaskGroup() as tasks:
        for app, config in ((parts.gateway, gateway), (parts.portal, portal)):
            tasks.create_task(
                serve_asgi(cast("Framework", app), config, shutdown_trigger=stop.wait)
            )
        # The sockets listen already: whoever connects from now on is answered.
        _say_ready(endpoint, parts.notes)
        threading.Thread(target=parts.finish_loading, daemon=True).start()


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def _say_ready(endpoint: Endpoint, notes: list[str]) -> None:
    ready = {"endpoint": asdict(endpoint), "notes": notes}
    print(json.dumps(ready, default=str), flush=True)
    # Nobody reads on: whatever else is printed belongs into the log.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


def _prepare_run_dir(run_dir: Path) -> TlsFiles:
    temporary = run_dir / "tmp"
    temporary.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
    tempfile.tempdir = str(temporary)
    return issue_certificate(run_dir)


def _tls_config(listener: socket.socket, tls: TlsFiles) -> Config:
    config = _config(listener)
    config.keep_alive_timeout = _KEEP_ALIVE_SECONDS
    config.certfile, config.keyfile = str(tls.certificate), str(tls.key)
    return config


def _config(listener: socket.socket) -> Config:
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.graceful_timeout = _GRACEFUL_SECONDS
    config.loglevel = "WARNING"
    return config


async def _run(app: ASGIApp, told: asyncio.Queue[Message], answers: asyncio.Queue[Message]) -> None:
    await app({"type": "lifespan"}, told.get, answers.put)


async def _answer_of(running: asyncio.Task[None], answers: asyncio.Queue[Message]) -> None:
    """Wait for an answer, or for the failure that comes instead of it."""
    answer = asyncio.create_task(answers.get())
    await asyncio.wait({running, answer}, return_when=asyncio.FIRST_COMPLETED)
    if not answer.done():
        answer.cancel()
        await running
