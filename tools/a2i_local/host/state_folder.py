"""State folder of `--state`: locked by one local AWS at a time."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from a2i_local.host.settings import LocalAwsError

_MARK = "running"
_PORTS = "ports.json"


@dataclass(frozen=True, slots=True)
class Ports:
    """Ports of a local AWS, reused at the next start: URLs in its state hold them."""

    aws: int = 0
    portal: int = 0


@dataclass(frozen=True, slots=True)
class StateFolder:
    """A folder that this process has to itself."""

    path: Path
    was_cut_off: bool
    """The last run was killed: it did not get to save everything."""

    @property
    def a2i(self) -> Path:
        return self.path / "a2i"

    def remember(self, ports: Ports) -> None:
        """Let the next run have the same ports, if they are free then."""
        (self.path / _PORTS).write_text(json.dumps(asdict(ports)), encoding="utf-8")


def last_ports(path: Path | None) -> Ports:
    """Return the ports of the last run with the folder; zeros without one."""
    try:
        text = (path / _PORTS).read_text(encoding="utf-8") if path else "{}"
    except (FileNotFoundError, NotADirectoryError):
        return Ports()
    return Ports(**json.loads(text))


@contextmanager
def opened(path: Path) -> Iterator[StateFolder]:
    """Create the folder if it is missing, and lock it while the block runs.

    LocalAwsError: it cannot be made, or another local AWS uses it.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        mark = (path / _MARK).open("a+", encoding="utf-8")
    except OSError as error:
        raise LocalAwsError(f"state folder {path} cannot be made: {error.strerror}") from error
    with mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LocalAwsError(
                f"state folder {path} is in use by another local AWS: end that, or choose another"
            ) from error
        mark.seek(0)
        folder = StateFolder(path, was_cut_off=bool(mark.read()))
        mark.write("the local AWS that uses this folder has not ended in order\n")
        mark.flush()
        yield folder
        mark.truncate(0)
