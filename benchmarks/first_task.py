"""The first task in the account's portal, in a browser: with functions asleep, and awake.

The stack is deployed on the local AWS. Measured is from opening a task's address, by a reviewer
who is signed in, to the task's form; nothing is in the browser's cache.
"""

import json
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from a2i_local.cdk_cli import CdkCli
from a2i_local.host import LocalAws
from a2i_local.host.clients import invitations_of
from benchmarks.measure import Measurement, seconds
from benchmarks.portal_import import start_portal_function
from tests.conftest import CHROMIUM_OPTIONS, PATIENCE_MS
from tests.end_to_end.conftest import DISPOSABLE, ROOT, STACK, Project
from tests.end_to_end.operating import until
from tests.end_to_end.portal_people import Person

ROUNDS = 5
REVIEWER = "ann@example.com"
REQUEST = {
    "reviewId": "first",
    "flow": "sentiment",
    "input": {"taskObject": "It works, but slowly.", "initialValue": "Positive"},
    "prediction": {"SentimentScore": {"Positive": 0.5}},
}


@dataclass(frozen=True)
class FirstTask:
    """A deployed stack with one open task, and a reviewer who is signed in."""

    project: Project
    browser: Browser
    reviewer: Person
    loop: str

    def seconds_until_shown(self, *, asleep: bool) -> float:
        """Open the task in a new browser session. `asleep`: no process of the function is left."""
        self.reviewer.refresh()
        context = self.browser.new_context()
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{self.reviewer.origin}/config.json")
        token = self.reviewer.tokens["refresh_token"]
        page.evaluate("token => sessionStorage.setItem('a2i-refresh-token', token)", token)
        if asleep:
            self._put_to_sleep()
        form = page.frame_locator("iframe").get_by_role("radio", name="Negative")

        def show() -> None:
            page.goto(f"{self.reviewer.origin}/?task={self.loop}")
            form.wait_for()

        taken = seconds(show)
        # The page has used the token up.
        token = page.evaluate("sessionStorage.getItem('a2i-refresh-token')")
        self.reviewer.tokens["refresh_token"] = token
        context.close()
        return taken

    def _put_to_sleep(self) -> None:
        """Any update of its configuration ends a function's processes, here as in Lambda."""
        client = self.project.client("lambda")
        [portal] = [
            function
            for page in client.get_paginator("list_functions").paginate()
            for function in page["Functions"]
            if function.get("Environment", {}).get("Variables", {}).get("POWERTOOLS_SERVICE_NAME")
            == "portal"
        ]
        name = portal["FunctionName"]
        client.update_function_configuration(FunctionName=name, Timeout=portal["Timeout"])
        client.get_waiter("function_updated_v2").wait(
            FunctionName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )


def measure() -> list[Measurement]:
    """Seconds with the function asleep, and what they have more than awake in starts of one."""
    with _first_task() as task:
        rounds = [
            (
                task.seconds_until_shown(asleep=True),
                task.seconds_until_shown(asleep=False),
                seconds(start_portal_function),
            )
            for _ in range(ROUNDS)
        ]
    asleep, awake, start = (statistics.median(column) for column in zip(*rounds, strict=True))
    return [
        Measurement("first task in the portal, functions asleep", asleep, "s", 3),
        Measurement("the same, functions awake", awake, "s"),
        Measurement(
            "their difference in starts of one function", (asleep - awake) / start, "times", 2.5
        ),
    ]


@contextmanager
def _first_task() -> Iterator[FirstTask]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise RuntimeError("Chromium is missing: install the system package chromium")
    settings = {
        **DISPOSABLE,
        "a2i.backend.mode": json.dumps("account"),
        "a2i.workforce.workers": json.dumps([REVIEWER]),
    }
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalAws.start() as local,
        sync_playwright() as playwright,
    ):
        project = Project(local, CdkCli(local.environment, project=ROOT), Path(folder))
        project.cli.deploy(project.synth("account", settings), STACK)
        outputs = project.outputs()
        [invited] = invitations_of(local.environment)
        password = str(invited["temporaryPassword"])
        origin = outputs["PortalUrl"].removesuffix("/")
        reviewer = Person(origin, outputs["PortalClientId"], REVIEWER, password)
        reviewer.sign_in("Chosen-secret-1")
        answer, _ = project.send(REQUEST)
        loop = answer["humanLoopName"]
        until(lambda: loop in reviewer.open_tasks())
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
        yield FirstTask(project, browser, reviewer, loop)
        browser.close()
