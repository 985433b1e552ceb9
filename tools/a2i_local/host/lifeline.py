"""Ends this process, its functions and its files when the process that started it is gone."""

import os
import shutil
import signal
import threading
from pathlib import Path

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
