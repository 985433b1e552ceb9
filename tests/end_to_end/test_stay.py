"""`make local`: a place to work, found by other shells, that tells each answer and ends as one."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from a2i_cli.demo.portal_client import PortalClient
from tests.tools.a2i_local.host.processes import take_ctrl_c

pytestmark = pytest.mark.local_aws

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "examples" / "demos" / "human_review_demo.py"
A2I = Path(sys.executable).with_name("a2i")
WORKER = "alice@example.com"


class Stay:
    """The command in a terminal of its own, with a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.build = folder / "build with space"
        self.environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder), "COLUMNS": "80"}
        self.process = subprocess.Popen(
            [sys.executable, str(DEMO), "stay", f"--build={self.build}"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=take_ctrl_c,  # noqa: PLW1509  # one call of the kernel
        )

    def lines_until(self, end: Callable[[str], bool]) -> list[str]:
        """Return the lines that come up to the one that `end` wants."""
        lines: list[str] = []
        for line in self.process.stdout or ():
            lines.append(line.rstrip())
            if end(lines[-1]):
                return lines
        raise AssertionError("\n".join(lines))

    def shell(self, text: str) -> str:
        """Return what a shell says that knows nothing of the project's environment."""
        bare = {"PATH": os.defpath, "XDG_RUNTIME_DIR": self.environment["XDG_RUNTIME_DIR"]}
        done = subprocess.run(
            [str(shutil.which("bash")), "-euc", text],
            cwd=self.build.parent,
            env=bare,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def is_found(self) -> bool:
        found = subprocess.run(
            [A2I, "local", "env"], env=self.environment, capture_output=True, check=False
        )
        return found.returncode == 0

    def programs(self) -> list[str]:
        """Return the command lines of processes that work in the build folder."""
        found = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                command = entry.read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if str(self.build) in command:
                found.append(command)
        return found


@pytest.fixture
def stay(tmp_path: Path) -> Iterator[Stay]:
    made = Stay(tmp_path)
    yield made
    made.process.kill()
    made.process.communicate()


def test_shows_how_to_send_a_prediction_and_tells_its_answer(stay: Stay) -> None:
    said = stay.lines_until(lambda line: "answers as they come" in line)
    assert stay.is_found()
    begin = said.index("send a prediction of your own, in another shell:")
    sent = stay.shell("\n".join(said[begin + 1 : -1]))
    [review_id] = [line.split()[1] for line in sent.splitlines() if line.startswith("reviewId")]
    [loop] = [line.split()[1] for line in sent.splitlines() if line.startswith("humanLoopName")]

    [portal_url] = [line.partition("=")[2] for line in said if line.startswith("A2I_PORTAL_URL=")]
    portal = PortalClient(portal_url)
    [task] = [task for task in portal.tasks(WORKER) if task["humanLoopName"] == loop]
    portal.submit(task["id"], WORKER, {"sentiment": {"label": "Negative"}})
    told = stay.lines_until(lambda line: line.startswith(review_id))
    assert told[:-1] == [], "tells what had ended before"
    assert told[-1].startswith(f"{review_id}  Completed  changed: sentiment  s3://")
    assert told[-1].endswith("/result.json")

    stay.process.send_signal(signal.SIGINT)
    assert stay.process.wait(timeout=60) == 0
    assert not stay.is_found()


@pytest.mark.parametrize("ending", ["Ctrl-C", "down"])
def test_ends_all_that_it_started_while_it_deploys(stay: Stay, ending: str) -> None:
    deadline = time.monotonic() + 120
    # A child has its parent's command line until it is the CDK CLI.
    while not any("bin/cdk" in program for program in stay.programs()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert stay.is_found()

    if ending == "Ctrl-C":
        stay.process.send_signal(signal.SIGINT)
    else:
        subprocess.run([A2I, "local", "down"], env=stay.environment, check=True)

    assert stay.process.wait(timeout=60) == 0
    assert not stay.is_found()
    assert stay.programs() == []
