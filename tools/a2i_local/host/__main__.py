"""`python -m a2i_local.host`: run a local AWS until SIGTERM or SIGINT.

Prints one line of JSON when it is ready: where it answers and which certificate to trust.
Exit status 2: it cannot start, and the last line on standard error says why.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from a2i_local.host.process_group import end_with_parent
from a2i_local.host.settings import (
    CANNOT_START,
    DEFAULT_REGION,
    REGION_VARIABLE,
    HostSettings,
    LocalAwsError,
)


def main() -> int:
    """Run the host; return the process's exit status."""
    arguments = _parser().parse_args()
    run_dir = arguments.run_dir or Path(tempfile.mkdtemp(prefix="a2i-local-"))
    if arguments.watch_stdin:
        end_with_parent(run_dir)
    settings = HostSettings(
        run_dir=run_dir,
        port=arguments.port,
        portal_port=arguments.portal_port,
        state_dir=arguments.state,
        sign_in_required=arguments.sign_in_required,
        region=os.environ.get(REGION_VARIABLE) or DEFAULT_REGION,
    )
    try:
        return _run(settings)
    finally:
        if arguments.run_dir is None:
            shutil.rmtree(run_dir, ignore_errors=True)


def _run(settings: HostSettings) -> int:
    try:
        # Imported late, so that a missing package is one clear line.
        from a2i_local.host.server import serve  # noqa: PLC0415

        serve(settings)
    except ModuleNotFoundError as error:
        _say(
            f"package {error.name} is missing: the local AWS needs the extra 'local', "
            "pip install 'a2i-constructs[local]'"
        )
        return CANNOT_START
    except LocalAwsError as error:
        _say(str(error))
        return CANNOT_START
    return 0


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m a2i_local.host", description="Run a local AWS with Amazon A2I in it."
    )
    parser.add_argument("--port", type=int, default=0, help="for AWS clients (HTTPS); 0: any")
    parser.add_argument("--portal-port", type=int, default=0, help="for the worker portal; 0: any")
    parser.add_argument("--state", type=Path, help="keep resources in this folder across starts")
    parser.add_argument(
        "--sign-in-required", action="store_true", help="let nobody name a reviewer by 'worker'"
    )
    parser.add_argument("--run-dir", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--watch-stdin", action="store_true", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads may still wait for functions that will not answer any more: do not join them.
    os._exit(status)
