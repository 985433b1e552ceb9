"""A person at a shell who operates the deployed stack."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from a2i_cli.demo.portal_client import Portal, PortalClient
from tests.end_to_end.conftest import ROOT, WORKER, Project


class Operator:
    """A person at a shell in the project's folder, with the local AWS's variables set."""

    def __init__(self, project: Project) -> None:
        self._environment = {**os.environ, **project.local.environment}
        self._portal = PortalClient(project.local.portal_url)
        self._folder = project.folder

    def a2i(self, *arguments: str, fails: bool = False) -> str:
        """Run a command in the project and return its stdout, or its stderr where it fails."""
        done = subprocess.run(
            [Path(sys.executable).with_name("a2i"), *arguments],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == (1 if fails else 0), done.stdout + done.stderr
        return done.stderr if fails else done.stdout

    @cached_property
    def _endpoint(self) -> str:
        return self.a2i("endpoint", "env")

    def at_the_endpoint(self, script: str) -> str:
        """Run a shell script as somebody who has set what `a2i endpoint env` prints."""
        binaries = Path(sys.executable).parent
        done = subprocess.run(
            ["bash", "-euc", f"{self._endpoint}\n{script}"],
            cwd=ROOT,
            env={**self._environment, "PATH": f"{binaries}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def json(self, *arguments: str) -> Any:
        return json.loads(self.a2i(*arguments, "--json"))

    def start(self, review_id: str) -> str:
        """Send a prediction that needs a person; returns its human loop."""
        request = self._folder / f"{review_id}.json"
        request.write_text(
            json.dumps(
                {
                    "reviewId": review_id,
                    "input": {"taskObject": "secret words", "initialValue": "Positive"},
                    "prediction": {"Sentiment": "POSITIVE", "SentimentScore": {"Positive": 0.5}},
                }
            )
        )
        decision = self.json("loop", "start", "--request", str(request))
        assert decision["decision"] == "ReviewStarted"
        return str(decision["humanLoopName"])

    def answer(self, loop: str, portal: Portal | None = None) -> None:
        """Answer a loop's task as a worker in the portal. Default: the local A2I's."""
        asked = portal or self._portal
        task = until(lambda: [t for t in asked.tasks(WORKER) if t["humanLoopName"] == loop])
        if portal is not None:
            portal.accept(task[0]["id"], WORKER)
        asked.submit(task[0]["id"], WORKER, {"sentiment": {"label": "Negative"}})


def until(look: Callable[[], Any], seconds: float = 180) -> Any:
    """Return what `look` finds, as soon as that is something."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"nothing within {seconds} s"
        time.sleep(0.2)
    return found
