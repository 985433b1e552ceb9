"""The suite runs on each host."""

from collections.abc import Iterator

import pytest

from tests.contract.hosts import HOSTS, Host


@pytest.fixture(params=HOSTS)
def host(request: pytest.FixtureRequest) -> Iterator[Host]:
    made = HOSTS[request.param]()
    yield made
    made.close()
