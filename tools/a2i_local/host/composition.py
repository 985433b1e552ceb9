"""Builds the parts of the host; imported after MiniStack's environment is set."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ministack.app import app as ministack_app
from starlette.types import ASGIApp

from a2i_local import protocol
from a2i_local.host.adapter.aws_host import MiniStackHost
from a2i_local.host.adapter.installation import install
from a2i_local.host.adapter.private_names import check_private_names
from a2i_local.host.admin import with_admin
from a2i_local.host.errors import LocalAwsError
from a2i_local.host.settings import LOOPBACK, Endpoint
from a2i_local.portal import create_app
from a2i_local.service import A2IService, ServiceSettings, Ticker
from a2i_local.service.sqlite_store import StateUnusableError


@dataclass(frozen=True, slots=True)
class Parts:
    """The applications to serve, and what to call before, while and after they run."""

    gateway: ASGIApp
    portal: ASGIApp
    finish_loading: Callable[[], None]
    """Takes a second of a thread that has nothing better to do."""
    close: Callable[[], None]


def compose(endpoint: Endpoint, state_dir: Path | None) -> Parts:
    """Put A2I into MiniStack and a portal beside it.

    LocalAwsError: the installed MiniStack is not the expected one.
    """
    check_private_names()
    host = MiniStackHost(endpoint.region)
    service = _service(host, endpoint, state_dir)
    finish_loading = install(service, host)
    Ticker(service).start()
    admin = partial(protocol.handle, service, account=endpoint.account, region=endpoint.region)
    return Parts(
        gateway=with_admin(ministack_app, admin),
        portal=create_app(service.worker_tasks, allowed_hosts=_portal_hosts(endpoint)),
        finish_loading=finish_loading,
        close=service.close,
    )


def _service(host: MiniStackHost, endpoint: Endpoint, state_dir: Path | None) -> A2IService:
    settings = ServiceSettings(
        portal_origin=f"http://{LOOPBACK}:{endpoint.portal_port}", endpoint_origin=endpoint.url
    )
    try:
        return A2IService(
            host, settings=settings, state_dir=state_dir / "a2i" if state_dir else None
        )
    except StateUnusableError as error:
        raise LocalAwsError(str(error)) from error


def _portal_hosts(endpoint: Endpoint) -> set[str]:
    return {f"{name}:{endpoint.portal_port}" for name in (LOOPBACK, "localhost")}
