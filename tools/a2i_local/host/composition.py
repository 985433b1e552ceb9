"""Builds the parts of the host; imported after MiniStack's environment is set."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ministack.app import app as ministack_app

from a2i_local.host.adapter.aws_host import MiniStackHost
from a2i_local.host.adapter.installation import install
from a2i_local.host.adapter.private_names import check_private_names
from a2i_local.host.settings import LOOPBACK, Endpoint
from a2i_local.portal import create_app
from a2i_local.service import A2IService
from a2i_local.service.settings import ServiceSettings


@dataclass(frozen=True, slots=True)
class Parts:
    """The applications to serve, and what must be called now and then."""

    gateway: Any
    portal: Any
    tick: Callable[[], None]


def compose(endpoint: Endpoint, state_dir: Path | None) -> Parts:
    """Put A2I into MiniStack and a portal beside it.

    LocalAwsError: the installed MiniStack is not the expected one.
    """
    check_private_names()
    service = _service(endpoint, state_dir)
    install(service)
    portal = create_app(service.worker_tasks, allowed_hosts=_portal_hosts(endpoint))
    return Parts(gateway=ministack_app, portal=portal, tick=service.tick)


def _service(endpoint: Endpoint, state_dir: Path | None) -> A2IService:
    settings = ServiceSettings(
        portal_origin=f"http://{LOOPBACK}:{endpoint.portal_port}", endpoint_origin=endpoint.url
    )
    return A2IService(MiniStackHost(endpoint.region), settings=settings)


def _portal_hosts(endpoint: Endpoint) -> set[str]:
    return {f"{name}:{endpoint.portal_port}" for name in (LOOPBACK, "localhost")}
