"""The local AWS that `a2i local env` finds, whichever command runs it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from a2i_local.cdk_bootstrap import create_bootstrap, default_bootstrap
from a2i_local.host.instance import (
    RUNNING_ALREADY,
    announced,
    default_directory,
    running_instance,
)
from a2i_local.host.listeners import first_free_port
from a2i_local.host.local_aws import LocalAws
from a2i_local.host.settings import DEFAULT_PORT, DEFAULT_PORTAL_PORT, LocalAwsError
from a2i_local.host.state_folder import last_ports


@contextmanager
def findable_local_aws(
    port: int | None = None,
    portal_port: int | None = None,
    state_dir: Path | None = None,
    *,
    sign_in_required: bool = False,
) -> Iterator[LocalAws]:
    """Run a local AWS, bootstrapped for the CDK, that other shells find while the block runs.

    SIGTERM, which `a2i local down` sends, raises KeyboardInterrupt as Ctrl-C does.

    Args:
        port: Port for AWS clients; 0 takes any. Default: that of the last run with `state_dir`,
            else 4566 or the next free one.
        portal_port: Likewise for the worker portal; 4580.
        state_dir: Folder that keeps resources across starts.
        sign_in_required: Lets nobody name a reviewer by `worker`.

    Raises:
        LocalAwsError: One is running already, a port of the caller's is taken, or it cannot start.
    """
    if running_instance(default_directory()) is not None:
        raise LocalAwsError(RUNNING_ALREADY)
    signal.signal(signal.SIGTERM, _interrupt)
    notes: list[str] = []
    if last_ports(state_dir).aws == 0:
        port = _free(port, DEFAULT_PORT, "the AWS endpoint", notes)
        portal_port = _free(portal_port, DEFAULT_PORTAL_PORT, "the worker portal", notes)
    with LocalAws.start(port, portal_port, state_dir, sign_in_required=sign_in_required) as aws:
        aws.notes += notes
        create_bootstrap(
            default_bootstrap(aws.endpoint.account, aws.endpoint.region), aws.environment
        )
        # It ends before it is no longer announced: who calls `down` waits for that.
        with announced(aws.environment, default_directory(), aws.notes), aws:
            yield aws


def _free(wanted: int | None, default: int, purpose: str, notes: list[str]) -> int:
    if wanted is not None:
        return wanted
    port = first_free_port(default)
    if port != default:
        notes.append(f"port {default} is taken: {purpose} has {port}")
    return port


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
