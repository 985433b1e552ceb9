"""Registry of the one local AWS that a user keeps running, for other shells.

The process that runs it holds a lock on a file for as long as it lives. So nothing stale is
ever believed: without the lock, whatever the file says is over.
"""

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from a2i_local.host.settings import LocalAwsError

RUNNING_ALREADY = (
    "a local AWS is running already: 'a2i local env' shows it, 'a2i local down' ends it"
)
_FILE = "local-aws.json"
_OWNER_ONLY = 0o600
_POLL_SECONDS = 0.05
_LOCK_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Instance:
    """A running local AWS."""

    pid: int
    environment: Mapping[str, str]
    notes: Sequence[str] = ()
    """Notes for whoever starts it, a line each."""


def default_directory() -> Path:
    """Return where the XDG base directories put a user's running things."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime:
        return Path(runtime, "a2i")
    state = os.environ.get("XDG_STATE_HOME") or Path("~/.local/state").expanduser()
    return Path(state, "a2i")


@contextmanager
def announced(
    environment: Mapping[str, str], directory: Path, notes: Sequence[str] = ()
) -> Iterator[None]:
    """Let others find this process's local AWS while the block runs.

    LocalAwsError: another one is running.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(directory / _FILE, os.O_RDWR | os.O_CREAT, _OWNER_ONLY)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        if not _lock_soon(file.fileno()):
            raise LocalAwsError(RUNNING_ALREADY)
        file.truncate()
        found = Instance(os.getpid(), dict(environment), list(notes))
        json.dump(asdict(found), file)
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def running_instance(directory: Path) -> Instance | None:
    """Return the local AWS that runs, if one does."""
    try:
        file = (directory / _FILE).open("r+", encoding="utf-8")
    except FileNotFoundError:
        return None
    with file:
        if _lock(file.fileno()):
            return None
        said = file.read()
    if not said:  # locked a moment ago, or about to end
        return None
    return Instance(**json.loads(said))


def end_instance(instance: Instance, directory: Path, *, within_seconds: float) -> None:
    """End it and wait until it is gone. LocalAwsError: it is still there."""
    os.kill(instance.pid, signal.SIGTERM)
    deadline = time.monotonic() + within_seconds
    while running_instance(directory) is not None:
        if time.monotonic() > deadline:
            raise LocalAwsError(
                f"process {instance.pid} does not end: kill -9 {instance.pid} ends all of it"
            )
        time.sleep(_POLL_SECONDS)


def _lock_soon(descriptor: int) -> bool:
    """Lock, with retries: a process that only tests the lock holds it for a moment."""
    for _ in range(_LOCK_ATTEMPTS):
        if _lock(descriptor):
            return True
        time.sleep(_POLL_SECONDS)
    return False


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
