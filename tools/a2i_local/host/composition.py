"""Builds the parts of the host; imported after MiniStack's environment is set."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial

from ministack.app import app as ministack_app
from starlette.types import ASGIApp

from a2i_local import protocol
from a2i_local.account_portal import AccountPortalFront
from a2i_local.host.adapter.aws_host import MiniStackHost
from a2i_local.host.adapter.installation import install
from a2i_local.host.adapter.private_names import check_private_names
from a2i_local.host.adapter.state_saver import NoSaver, StateSaver
from a2i_local.host.gateway_app import make_gateway_app
from a2i_local.host.server import started
from a2i_local.host.settings import LOOPBACK, Endpoint, HostSettings, LocalAwsError
from a2i_local.host.state_folder import Ports, StateFolder, last_ports, opened
from a2i_local.portal import create_app
from a2i_local.portal.guards import OriginGuard
from a2i_local.service import A2IService, ServiceSettings, Ticker
from a2i_local.service.sqlite_store import StateUnusableError


@dataclass(frozen=True, slots=True)
class Parts:
    """The applications to serve."""

    gateway: ASGIApp
    portal: ASGIApp
    finish_loading: Callable[[], None]
    """Takes a second of a thread that has nothing better to do."""
    notes: list[str]
    """Notes for whoever starts it, a line each."""


@asynccontextmanager
async def running_parts(settings: HostSettings, endpoint: Endpoint) -> AsyncIterator[Parts]:
    """Start MiniStack with A2I in it and a portal beside it, for the length of the block.

    LocalAwsError: the installed MiniStack is not the expected one, or the state is unusable.
    """
    check_private_names()
    with ExitStack() as exits:
        folder = exits.enter_context(opened(settings.state_dir)) if settings.state_dir else None
        # First MiniStack with the state it kept: what A2I resumes needs its roles and buckets.
        async with started(ministack_app):
            with _running_parts(settings, endpoint, folder) as parts:
                yield parts


@contextmanager
def _running_parts(
    settings: HostSettings, endpoint: Endpoint, folder: StateFolder | None
) -> Iterator[Parts]:
    host = MiniStackHost(endpoint.region)
    service = _service(host, endpoint, folder)
    saver = StateSaver() if folder else NoSaver()
    finish_loading = install(
        service, host, endpoint.portal_url, before_answer=saver.save_what_a2i_needs
    )
    own_paths = partial(protocol.handle, service, account=endpoint.account, region=endpoint.region)
    portal = create_app(
        service.worker_tasks,
        service.sign_in,
        allowed_hosts=_portal_hosts(endpoint),
        sign_in_required=settings.sign_in_required,
        clock=service.clock,
    )
    gateway = make_gateway_app(
        saver.after_requests(ministack_app),
        own_paths,
        throttles_table=service.faults.throttles_table,
    )
    front = AccountPortalFront(
        gateway,
        saver.after_requests(portal),  # passwords change there
        gateway=endpoint.url,
        find_api=_path_of_portal,
    )
    with Ticker(service), saver.running():
        yield Parts(
            gateway=gateway,
            portal=OriginGuard(front, frozenset(_portal_hosts(endpoint))),
            finish_loading=finish_loading,
            notes=_notes(service, endpoint, folder) if folder else [],
        )
    service.close()


def _path_of_portal() -> str | None:
    # It imports the service, which takes a while.
    from a2i_local.host.adapter.http_apis import path_of_portal  # noqa: PLC0415

    return path_of_portal()


def _service(host: MiniStackHost, endpoint: Endpoint, folder: StateFolder | None) -> A2IService:
    settings = ServiceSettings(
        portal_origin=f"http://{LOOPBACK}:{endpoint.portal_port}", endpoint_origin=endpoint.url
    )
    try:
        return A2IService(host, settings=settings, state_dir=folder.a2i if folder else None)
    except StateUnusableError as error:
        raise LocalAwsError(str(error)) from error


def _notes(service: A2IService, endpoint: Endpoint, folder: StateFolder) -> list[str]:
    before, ports = last_ports(folder.path), Ports(endpoint.port, endpoint.portal_port)
    folder.remember(ports)
    notes = []
    if before.aws not in {0, ports.aws}:
        notes.append(
            f"AWS clients find this one on port {ports.aws}, the last one was on {before.aws}: URLs"
            " that stacks were given then, of queues for one, name the old port"
        )
    if folder.was_cut_off:
        notes.append(
            f"the last local AWS with the state folder {folder.path} was killed: what A2I"
            " acknowledged is complete, other services may lack the last second"
        )
        notes += service.missing_references()
    return notes


def _portal_hosts(endpoint: Endpoint) -> set[str]:
    return {f"{name}:{endpoint.portal_port}" for name in (LOOPBACK, "localhost")}
