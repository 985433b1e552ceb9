"""What goes wrong on purpose: the service throttles, events come twice, functions are killed."""

import json
import os
import random
import signal
import ssl
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from a2i_local.host import LocalAws

KILL_EVERY_SECONDS = 3
_FUNCTION_PROCESS = b"_worker.py"


@contextmanager
def faults(local: LocalAws, settings: Mapping[str, Any]) -> Iterator[None]:
    """Have the local A2I service show faults, as docs/local-a2i.md lists them."""
    _admin(local, "PUT", settings)
    try:
        yield
    finally:
        _admin(local, "DELETE")


@dataclass
class FunctionKiller:
    """Kills one process of a function after the other, in the midst of whatever it does.

    New ones are spared for a while: MiniStack gives up all processes of a function when one of
    them does not come up, which is more than what Lambda loses.
    """

    local: LocalAws
    most: int
    killed: int = 0
    _over: threading.Event = field(default_factory=threading.Event)
    _random: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311  # guards nothing

    @contextmanager
    def at_work(self) -> Iterator[None]:
        thread = threading.Thread(target=self._work, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _work(self) -> None:
        known: set[int] = set()
        while self.killed < self.most and not self._over.wait(KILL_EVERY_SECONDS):
            found = set(_function_processes(self.local.pid))
            if found & known:
                with suppress(ProcessLookupError):
                    os.kill(self._random.choice(sorted(found & known)), signal.SIGKILL)
                    self.killed += 1
            known = found


def _function_processes(group: int) -> Iterator[int]:
    """The functions among the processes of the local AWS."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                stat = (entry / "stat").read_text(encoding="utf-8")
                found = int(stat.rpartition(")")[2].split()[2])
                if found == group and _FUNCTION_PROCESS in (entry / "cmdline").read_bytes():
                    yield int(entry.name)


def _admin(local: LocalAws, method: str, body: Mapping[str, Any] | None = None) -> None:
    environment = local.environment
    request = urllib.request.Request(  # noqa: S310  # the local AWS
        f"{environment['AWS_ENDPOINT_URL']}/_a2i/admin/faults",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    trust = ssl.create_default_context(cafile=environment["AWS_CA_BUNDLE"])
    urllib.request.urlopen(request, timeout=30, context=trust).close()  # noqa: S310  # likewise
