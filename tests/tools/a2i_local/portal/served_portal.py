"""The local portal over HTTP, with the tasks and the sign-in of a local A2I."""

from contextlib import AbstractContextManager

from a2i_local.loopback_server import serving
from a2i_local.portal import create_app
from a2i_local.testing import LocalA2I


def serving_portal(a2i: LocalA2I, *, sign_in_required: bool = False) -> AbstractContextManager[str]:
    """Serve the portal by the clock of `a2i`; the address is without a slash at its end.

    `sign_in_required`: a name alone makes nobody a reviewer.
    """
    return serving(
        create_app(
            a2i.service.worker_tasks,
            a2i.service.sign_in,
            allowed_hosts={"127.0.0.1"},
            sign_in_required=sign_in_required,
            clock=a2i.service.clock,
        )
    )
