"""Pages of other sites: a browser sends their simple requests without asking first."""

import pytest

from a2i_local import protocol
from a2i_local.service import A2IService, ServiceSettings
from a2i_local.service.memory_host import MemoryHost
from a2i_local.testing import LocalA2I
from tests.tools.a2i_local.portal.test_portal_api import call

PORTAL = "http://127.0.0.1:4580"


@pytest.mark.parametrize("path", ["/human-loops", "/_a2i/admin/clock"])
@pytest.mark.parametrize("origin", ["https://example.com", "null"])
def test_pages_of_other_sites_change_nothing(served: LocalA2I, path: str, origin: str) -> None:
    refused = call(served.url, "POST", path, {}, {"Origin": origin})
    assert refused.status == 403
    assert f"the origin '{origin}'" in refused.json["message"]
    assert "access-control-allow-origin" not in refused.headers


def test_the_portal_may_ask() -> None:
    service = A2IService(MemoryHost(), settings=ServiceSettings(portal_origin=PORTAL))
    for origin, expected in ((PORTAL, 200), ("http://127.0.0.1:4581", 403)):
        path, headers = "/_a2i/admin/state", {"origin": origin}
        status, _, _ = protocol.handle(
            service, "GET", path, headers, b"", {}, account="1", region="eu-west-1"
        )
        assert status == expected
    service.close()
