"""Starts an ASGI application before a server serves it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp, Message


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


async def _run(app: ASGIApp, told: asyncio.Queue[Message], answers: asyncio.Queue[Message]) -> None:
    await app({"type": "lifespan"}, told.get, answers.put)


async def _answer_of(running: asyncio.Task[None], answers: asyncio.Queue[Message]) -> None:
    """Wait for an answer, or for the failure that comes instead of it."""
    answer = asyncio.create_task(answers.get())
    await asyncio.wait({running, answer}, return_when=asyncio.FIRST_COMPLETED)
    if not answer.done():
        answer.cancel()
        await running
