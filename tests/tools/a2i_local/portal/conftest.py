"""The portal on a free port, over worker tasks in memory."""

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from a2i_local.loopback_server import serving
from a2i_local.portal import create_app
from tests.tools.a2i_local.portal.memory_tasks import MemorySignIn, MemoryTasks, StoredBytes


@pytest.fixture
def tasks() -> MemoryTasks:
    return MemoryTasks()


@pytest.fixture
def portal(tasks: MemoryTasks) -> Iterator[str]:
    """The portal's origin, without a path."""
    with serving(create_app(tasks, MemorySignIn(), allowed_hosts={"127.0.0.1"})) as url:
        yield url


@pytest.fixture
def image() -> StoredBytes:
    """A picture for tasks."""
    content = io.BytesIO()
    Image.new("RGB", (400, 300), "#cfe3ee").save(content, "PNG")
    return StoredBytes(content.getvalue(), "image/png")
