"""Processes of a group and their listening sockets, read from /proc; Ctrl-C for a process."""

import signal
from collections.abc import Iterator
from pathlib import Path

_LISTEN = "0A"
_ZOMBIE = "Z"


def take_ctrl_c() -> None:
    """Shells have what they start in the background ignore SIGINT; a terminal does not.

    For `preexec_fn`: what tests start inherits it from what started the tests.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def living_processes(group: int) -> list[int]:
    """Return the processes of a process group; what merely was not reaped yet does not count."""
    return [pid for pid, state, found in _processes() if found == group and state != _ZOMBIE]


def listening_addresses(group: int) -> set[tuple[str, int]]:
    """Return (address in hexadecimal, port) of every listening socket of a process group."""
    inodes = {inode for pid in living_processes(group) for inode in _socket_inodes(pid)}
    return {
        address
        for table in ("tcp", "tcp6")
        for inode, address in _listening_sockets(Path("/proc/net", table))
        if inode in inodes
    }


def _processes() -> Iterator[tuple[int, str, int]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text(encoding="utf-8")
            except OSError:
                continue
            state, _parent, group = stat.rpartition(")")[2].split()[:3]
            yield int(entry.name), state, int(group)


def _socket_inodes(pid: int) -> Iterator[str]:
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(descriptor.readlink())
        except OSError:
            continue
        if target.startswith("socket:["):
            yield target.removeprefix("socket:[").removesuffix("]")


def _listening_sockets(table: Path) -> Iterator[tuple[str, tuple[str, int]]]:
    for line in table.read_text(encoding="utf-8").splitlines()[1:]:
        fields = line.split()
        if fields[3] == _LISTEN:
            address, port = fields[1].split(":")
            yield fields[9], (address, int(port, 16))
