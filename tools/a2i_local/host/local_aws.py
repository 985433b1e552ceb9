"""Parent side of the local AWS: starts, awaits and ends the host process."""

import json
import os
import selectors
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from a2i_local.host.process_group import end_group, exit_status, wait_for_exit
from a2i_local.host.settings import (
    CANNOT_START,
    DEFAULT_REGION,
    REGION_VARIABLE,
    Endpoint,
    LocalAwsError,
    client_environment,
    without_aws_variables,
)

READY_WITHIN_SECONDS = 60.0
GRACE_SECONDS = 5.0
_LOG_TAIL_LINES = 8
_SOURCE_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class _Ready:
    """First message of the host process, once it answers requests."""

    endpoint: Endpoint
    notes: list[str]


class LocalAws:
    """A running local AWS; use it as a context manager, or call `stop()`.

    It listens on 127.0.0.1 only and ends with this process, however that ends.
    """

    def __init__(self, process: subprocess.Popen[bytes], ready: _Ready, run_dir: Path) -> None:
        self._process = process
        self._run_dir = run_dir
        self.endpoint = ready.endpoint
        self.notes = ready.notes
        """Notes on ports and state folder, a line each; usually none."""

    @classmethod
    def start(
        cls,
        port: int | None = None,
        portal_port: int | None = None,
        state_dir: Path | None = None,
        *,
        sign_in_required: bool = False,
    ) -> Self:
        """Start a local AWS and return once it answers, usually within two seconds.

        Ports default to free ones. With `state_dir` resources survive from one start to the
        next; otherwise nothing does. Unless `sign_in_required`, the portal also takes a
        reviewer's name for it. The region is AWS_REGION, else us-east-1.
        LocalAwsError: a port is in use, a package is missing, or it ended before it was ready.
        """
        run_dir = Path(tempfile.mkdtemp(prefix="a2i-local-"))
        options = [f"--port={port or 0}", f"--portal-port={portal_port or 0}"]
        if state_dir is not None:
            options.append(f"--state={state_dir.absolute()}")
        if sign_in_required:
            options.append("--sign-in-required")
        process = _spawn(run_dir, options)
        try:
            ready = _wait_until_ready(process, run_dir)
        except BaseException:
            _end(process, run_dir)
            raise
        return cls(process, ready, run_dir)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point AWS clients here; add them to a child's environment."""
        return client_environment(self.endpoint)

    @property
    def portal_url(self) -> str:
        """The worker portal's page."""
        return self.endpoint.portal_url

    @property
    def log_file(self) -> Path:
        """Log file of the host process; deleted when it is stopped."""
        return _log_file(self._run_dir)

    @property
    def pid(self) -> int:
        """The host's process, which leads a process group with all its functions."""
        return self._process.pid

    def check_alive(self) -> None:
        """LocalAwsError: the host has ended; the message holds its last lines."""
        status = exit_status(self._process)
        if status is not None:
            raise LocalAwsError(_last_words(status, self._run_dir))

    def stop(self) -> None:
        """End the host, its functions and its temporary files. Ending it again does nothing."""
        _end(self._process, self._run_dir)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc_info: object) -> None:
        self.stop()


def _spawn(run_dir: Path, options: list[str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "a2i_local.host", "--watch-stdin", f"--run-dir={run_dir}"]
    command += options
    with _log_file(run_dir).open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - this interpreter and our own arguments
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=_host_environment(),
            start_new_session=True,
        )


def _host_environment() -> dict[str, str]:
    environment = without_aws_variables(dict(os.environ))
    environment[REGION_VARIABLE] = os.environ.get(REGION_VARIABLE) or DEFAULT_REGION
    path = [str(_SOURCE_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment["PYTHONPATH"] = os.pathsep.join(path)
    return environment


def _wait_until_ready(process: subprocess.Popen[bytes], run_dir: Path) -> _Ready:
    line = _first_line(_stdout(process), READY_WITHIN_SECONDS)
    if line is None:
        raise LocalAwsError(f"the local AWS was not ready within {READY_WITHIN_SECONDS:.0f} s")
    if not line:
        status = wait_for_exit(process, GRACE_SECONDS)
        raise LocalAwsError(_last_words(status, run_dir))
    said = json.loads(line)
    ca_certificate = Path(said["endpoint"]["ca_certificate"])
    return _Ready(Endpoint(**{**said["endpoint"], "ca_certificate": ca_certificate}), said["notes"])


def _first_line(stream: IO[bytes], seconds: float) -> bytes | None:
    """Return the first line, b"" if the stream ended before it, None if it did not come."""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        if not selector.select(seconds):
            return None
    return stream.readline()


def _stdout(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdout is None:
        raise AssertionError("the host is started with a pipe")
    return process.stdout


def _end(process: subprocess.Popen[bytes], run_dir: Path) -> None:
    end_group(process, GRACE_SECONDS)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    shutil.rmtree(run_dir, ignore_errors=True)


def _log_file(run_dir: Path) -> Path:
    return run_dir / "host.log"


def _last_words(status: int | None, run_dir: Path) -> str:
    log = _log_file(run_dir)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    if status == CANNOT_START and lines:
        return lines[-1]
    tail = " | ".join(line.strip() for line in lines[-_LOG_TAIL_LINES:])
    return f"the local AWS ended with exit status {status}: {tail or 'no output'}"
