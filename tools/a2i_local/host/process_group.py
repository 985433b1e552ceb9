"""Process groups: a child ended with all it started, and a child that ends with its parent."""

import os
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

_POLL_SECONDS = 0.02


def exit_status(process: subprocess.Popen[Any]) -> int | None:
    """Return the exit status, negative for a signal; None while it runs.

    The process is left unreaped: as long as it is, nobody else is given the group's id.
    """
    if process.returncode is not None:
        return process.returncode
    state = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    if state is None:
        return None
    return state.si_status if state.si_code == os.CLD_EXITED else -state.si_status


def wait_for_exit(process: subprocess.Popen[Any], seconds: float) -> int | None:
    """Return the exit status, or None if it still runs after `seconds`."""
    deadline = time.monotonic() + seconds
    while (status := exit_status(process)) is None and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    return status


def end_group(process: subprocess.Popen[Any], grace_seconds: float) -> None:
    """Ask the leader to end, then kill what is left of its group. Again does nothing."""
    if process.returncode is not None:
        return
    os.kill(process.pid, signal.SIGTERM)
    wait_for_exit(process, grace_seconds)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


_STANDARD_INPUT = 0


def end_with_parent(run_dir: Path) -> None:
    """End everything as soon as standard input closes: the kernel closes it with the parent.

    That holds even for a parent killed by SIGKILL. Must be called by the leader of its own
    process group, because the whole group is killed.
    """
    threading.Thread(target=_wait_for_the_end, args=(run_dir,), daemon=True).start()


def _wait_for_the_end(run_dir: Path) -> None:
    while os.read(_STANDARD_INPUT, 1024):
        pass
    shutil.rmtree(run_dir, ignore_errors=True)
    os.killpg(os.getpgid(0), signal.SIGKILL)
