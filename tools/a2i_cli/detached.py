"""`a2i local up --detach`: a local AWS that outlives the command that starts it."""

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from a2i_cli.failures import CommandError
from a2i_local.host.instance import (
    RUNNING_ALREADY,
    Instance,
    default_directory,
    running_instance,
)

_LOG = "local-up.log"
_POLL_SECONDS = 0.1
_GRACE_SECONDS = 10


def start_detached(options: Sequence[str]) -> Instance:
    """Run `a2i local up` with `options` in a session of its own; return it once it answers.

    Ctrl-C meanwhile ends it.

    Raises:
        CommandError: One is running already, or it could not start; the message is its own.
    """
    directory = default_directory()
    if running_instance(directory) is not None:
        raise CommandError(RUNNING_ALREADY)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = directory / _LOG
    interruptions: list[int] = []
    # Popen may have made the process already when Ctrl-C ends it, and would not return it.
    former = signal.signal(signal.SIGINT, lambda number, _frame: interruptions.append(number))
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(  # noqa: S603 - this interpreter and our own arguments
            [sys.executable, "-m", "a2i_cli", "local", "up", *options],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        signal.signal(signal.SIGINT, former)
        if interruptions:
            signal.raise_signal(signal.SIGINT)
        return _wait(process, directory, log)
    except BaseException:
        process.terminate()
        process.wait(_GRACE_SECONDS)
        raise


def _wait(process: subprocess.Popen[bytes], directory: Path, log: Path) -> Instance:
    while True:
        instance = running_instance(directory)
        if instance is not None and instance.pid == process.pid:
            return instance
        if process.poll() is not None:
            lines = log.read_text(encoding="utf-8").splitlines()
            raise CommandError(lines[-1].removeprefix("error: ") if lines else "it ended at once")
        time.sleep(_POLL_SECONDS)
