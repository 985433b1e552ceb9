"""Builds the parts of the host; imported after MiniStack's environment is set."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ministack.app import app as ministack_app
from starlette.types import ASGIApp

from a2i_local import protocol
from a2i_local.host.adapter.aws_host import MiniStackHost
from a2i_local.host.adapter.installation import install
from a2i_local.host.adapter.private_names import check_private_names
from a2i_local.host.errors import LocalAwsError
from a2i_local.host.gateway_app import make_gateway_app
from a2i_local.host.lifespan import started
from a2i_local.host.settings import LOOPBACK, Endpoint, HostSettings
from a2i_local.portal import create_app
from a2i_local.service import A2IService, ServiceSettings, Ticker
from a2i_local.service.sqlite_store import StateUnusableError


@dataclass(frozen=True, slots=True)
class Parts:
    """The applications to serve."""

    gateway: ASGIApp
    portal: ASGIApp
    finish_loading: Callable[[], None]
    """Takes a second of a thread that has nothing better to do."""


@asynccontextmanager
async def running_parts(settings: HostSettings, endpoint: Endpoint) -> AsyncIterator[Parts]:
    """Start MiniStack with A2I in it and a portal beside it, for the length of the block.

    LocalAwsError: the installed MiniStack is not the expected one, or the state is unusable.
    """
    check_private_names()
    # First MiniStack with the state it kept: what A2I resumes needs its roles, buckets and rules.
    async with started(ministack_app):
        host = MiniStackHost(endpoint.region)
        service = _service(host, endpoint, settings.state_dir)
        finish_loading = install(service, host)
        own_paths = partial(
            protocol.handle, service, account=endpoint.account, region=endpoint.region
        )
        with Ticker(service):
            yield Parts(
                gateway=make_gateway_app(ministack_app, own_paths),
                portal=create_app(
                    service.worker_tasks,
                    service.sign_in,
                    allowed_hosts=_portal_hosts(endpoint),
                    sign_in_required=settings.sign_in_required,
                    clock=service.clock,
                ),
                finish_loading=finish_loading,
            )
        service.close()


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
