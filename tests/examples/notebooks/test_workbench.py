"""Accounts that a notebook works in, as far as no stack is deployed."""

import io
import subprocess
from pathlib import Path
from typing import Any

import boto3
import PIL.Image
import pytest

import workbench
from workbench import LISTS, AwsWorkbench, as_frame, inventory, open_workbench, show_task


def outputs_of(_clients: object, stack: str) -> dict[str, str]:
    return {"Stack": stack, "PortalUrl": "https://portal"}


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the workbench runs instead of running it."""
    ran: list[list[str]] = []

    def run(command: list[str], **options: Any) -> None:
        assert options == {"cwd": Path("app"), "check": True}
        ran.append(command[2:])

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(workbench, "stack_outputs", outputs_of)
    return ran


def test_aws_deploys_and_destroys_with_the_callers_credentials(commands: list[list[str]]) -> None:
    bench = open_workbench("aws")
    context = {"workers": "ann@example.com"}
    assert bench.deploy(Path("app"), "Demo", context)["Stack"] == "Demo"
    bench.destroy(Path("app"), "Demo", context)
    deploy, destroy = (command[1:] for command in commands)
    option = "--context=workers=ann@example.com"
    assert deploy == ["deploy", "--require-approval=never", option, "Demo"]
    assert destroy == ["destroy", "--force", option, "Demo"]


def test_on_aws_people_answer(commands: list[list[str]]) -> None:
    bench = AwsWorkbench()
    bench.deploy(Path("app"), "Demo", {})
    assert bench.answer(3, lambda _: pytest.fail("no scripted reviewer works on AWS")) == (
        "answer 3 tasks at https://portal, then run the next cell"
    )
    assert bench.first_task(lambda: "preview") == "preview"


def test_fails_when_the_target_is_unknown() -> None:
    with pytest.raises(ValueError, match="must be 'local' or 'aws', got 'prod'"):
        open_workbench("prod")


def test_frame_keeps_a_task_apart_from_the_notebook() -> None:
    frame = as_frame('<p class="a">\'</p>', height=10)
    assert 'sandbox="allow-scripts allow-forms"' in frame
    assert 'srcdoc="&lt;p class=&quot;a&quot;&gt;&#x27;&lt;/p&gt;"' in frame


@pytest.mark.process
def test_a_task_is_shown_as_a_picture_of_its_scripts_work() -> None:
    script = "<script>document.body.style.background = 'rgb(0, 128, 0)'</script>"
    shown: Any = show_task(f"<body>{script}</body>", height=100)
    picture = PIL.Image.open(io.BytesIO(shown.data)).convert("RGB")
    assert picture.size == (900, 100)
    assert picture.getpixel((450, 50)) == (0, 128, 0)


def test_without_a_browser_the_task_comes_in_a_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbench, "BROWSERS", ())
    shown: Any = show_task("<p>task</p>")
    assert "There is no Chromium" in shown.data
    assert as_frame("<p>task</p>") in shown.data


def test_inventory_names_everything_but_the_bootstrap(monkeypatch: pytest.MonkeyPatch) -> None:
    class Client:
        """Answers every list with two resources; only S3's has no pages."""

        def __init__(self, service: str) -> None:
            self._service = service

        def can_paginate(self, operation: str) -> bool:
            return operation != "list_buckets"

        def get_paginator(self, operation: str) -> "Client":
            self._operation = operation
            return self

        def paginate(self) -> list[dict[str, Any]]:
            return [self._page(self._operation)]

        def list_buckets(self) -> dict[str, Any]:
            return self._page("list_buckets")

        def _page(self, operation: str) -> dict[str, Any]:
            _, _, members, key = next(entry for entry in LISTS.values() if entry[1] == operation)
            names = [f"mine-{self._service}", "cdk-hnb659fds-assets"]
            return {members: [{key: name} if key else name for name in names]}

    class Session:
        def client(self, service: str) -> Client:
            return Client(service)

    monkeypatch.setattr(boto3, "Session", Session)
    found = inventory()
    assert "buckets: mine-s3" in found
    assert "tables: mine-dynamodb" in found
    assert len(found) == len(LISTS)
