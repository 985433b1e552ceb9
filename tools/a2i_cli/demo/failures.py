"""What can be expected to fail in a demonstration, told in one line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from a2i_cli.demo.portal_client import PortalError
from a2i_cli.demo.reviews import ReviewFailedError
from a2i_local.cdk_cli import CdkCliError
from a2i_local.host import LocalAwsError

EXPECTED_FAILURES = (
    CdkCliError,
    LocalAwsError,
    PortalError,
    ReviewFailedError,
    TimeoutError,
    FileNotFoundError,
)


@contextmanager
def failures_in_one_line() -> Iterator[None]:
    """Turn what can be expected to fail into one line and exit code 1."""
    try:
        yield
    except EXPECTED_FAILURES as error:
        typer.echo(f"demo: {error}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
