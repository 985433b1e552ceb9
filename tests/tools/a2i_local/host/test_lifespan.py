"""Starting an application before a server does."""

import asyncio

import pytest
from starlette.types import Receive, Scope, Send

from a2i_local.host.server import started


class Recorder:
    """An application that answers as it is told to, and remembers what it was told."""

    def __init__(self, *, fails_on: str = "") -> None:
        self.told: list[str] = []
        self._fails_on = fails_on

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "lifespan"
        while self.told[-1:] != ["lifespan.shutdown"]:
            message = await receive()
            self.told.append(message["type"])
            if message["type"] == self._fails_on:
                raise ConnectionError(f"{message['type']} failed")
            await send({"type": f"{message['type']}.complete"})


async def run(app: Recorder) -> list[str]:
    async with started(app):
        return list(app.told)


def test_the_application_is_started_before_the_block_and_ended_after_it() -> None:
    app = Recorder()

    inside = asyncio.run(run(app))

    assert inside == ["lifespan.startup"]
    assert app.told == ["lifespan.startup", "lifespan.shutdown"]


@pytest.mark.parametrize("message", ["lifespan.startup", "lifespan.shutdown"])
def test_a_failure_is_raised(message: str) -> None:
    with pytest.raises(ConnectionError, match=f"{message} failed"):
        asyncio.run(run(Recorder(fails_on=message)))
