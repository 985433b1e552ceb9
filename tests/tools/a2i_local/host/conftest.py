"""A running local AWS for each module that asks for one, and clients for it."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from a2i_local.host import LocalAws
from a2i_local.host.clients import make_client

# Some tests import MiniStack, which sets up logging for the whole process as this says.
os.environ.setdefault("LOG_LEVEL", "WARNING")


@pytest.fixture(scope="module")
def local_aws() -> Iterator[LocalAws]:
    """Shared by a module: the account has one workforce only."""
    with LocalAws.start() as aws:
        yield aws


@pytest.fixture(scope="module")
def client(local_aws: LocalAws) -> Callable[[str], Any]:
    """Makes a client of the module's local AWS, with the root's credentials."""
    return lambda service: make_client(service, local_aws.environment)
