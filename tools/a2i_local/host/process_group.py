"""One child process that leads its own group, ended together with everything it started."""

import os
import signal
import subprocess
import time

_POLL_SECONDS = 0.02


def exit_status(process: subprocess.Popen[bytes]) -> int | None:
    """Return the exit status, negative for a signal; None while it runs.

    The process is left unreaped: as long as it is, nobody else is given the group's id.
    """
    if process.returncode is not None:
        return process.returncode
    state = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    if state is None:
        return None
    return state.si_status if state.si_code == os.CLD_EXITED else -state.si_status


def wait_for_exit(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    """Return the exit status, or None if it still runs after `seconds`."""
    deadline = time.monotonic() + seconds
    while (status := exit_status(process)) is None and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    return status


def end_group(process: subprocess.Popen[bytes], grace_seconds: float) -> None:
    """Ask the leader to end, then kill what is left of its group. Again does nothing."""
    if process.returncode is not None:
        return
    os.kill(process.pid, signal.SIGTERM)
    wait_for_exit(process, grace_seconds)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
