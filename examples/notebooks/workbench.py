"""Account that a notebook works in: the local AWS, or AWS with the caller's credentials."""

import io
import os
import shutil
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import boto3
import PIL.Image
from IPython.display import HTML, DisplayObject, Image

from a2i_cli.aws import AwsClients
from a2i_cli.demo.example import PATIENCE_SECONDS, WORKERS, stack_outputs
from a2i_cli.demo.portal_client import Answer, PortalClient, answer_open_tasks
from a2i_local.cdk_cli import CdkCli, python_app
from a2i_local.host import LocalAws
from a2i_portal.crowd_elements import STATIC_PATH, use_stand_in

ROOT = Path(__file__).parents[2]
PICTURE_WIDTH = 900
# Pixels of a window that a page does not get, also without a screen.
WINDOW_FRAME = 200
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
HALF_A_DAY_SECONDS = 12 * 60 * 60
# Kind -> service, paginated operation, list in its answer, member that names one.
LISTS = {
    "buckets": ("s3", "list_buckets", "Buckets", "Name"),
    "endpoints": ("sagemaker", "list_endpoints", "Endpoints", "EndpointName"),
    "flow definitions": (
        "sagemaker",
        "list_flow_definitions",
        "FlowDefinitionSummaries",
        "FlowDefinitionName",
    ),
    "functions": ("lambda", "list_functions", "Functions", "FunctionName"),
    "log groups": ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "roles": ("iam", "list_roles", "Roles", "RoleName"),
    "rules": ("events", "list_rules", "Rules", "Name"),
    "tables": ("dynamodb", "list_tables", "TableNames", ""),
    "task UIs": (
        "sagemaker",
        "list_human_task_uis",
        "HumanTaskUiSummaries",
        "HumanTaskUiName",
    ),
    "work teams": ("sagemaker", "list_workteams", "Workteams", "WorkteamName"),
}
# `cdk bootstrap` made these, once for all stacks.
BOOTSTRAP_PREFIX = "cdk-"


class Workbench(ABC):
    """Deploys an example and has its tasks answered."""

    patience_seconds: float
    """How long to wait for answers."""

    @abstractmethod
    def deploy(self, project: Path, stack: str, context: Mapping[str, str]) -> dict[str, str]:
        """Deploy the CDK app in a folder with the CDK CLI, and return the stack's outputs."""

    @abstractmethod
    def destroy(self, project: Path, stack: str, context: Mapping[str, str]) -> None:
        """Destroy what `deploy` made."""

    @abstractmethod
    def first_task(self, preview: Callable[[], str]) -> str:
        """Return the page of an open task; `preview` renders one where no portal can be asked."""

    @abstractmethod
    def answer(self, expected: int, answer: Callable[[str], Answer]) -> str:
        """Answer `expected` tasks, or return the instruction for the person who must."""

    @abstractmethod
    def close(self) -> None:
        """End what was started for the notebook."""


def open_workbench(target: str) -> Workbench:
    """Return the workbench for `local` or `aws`.

    Afterwards boto3 clients of this process work in that account.

    Raises:
        ValueError: the target is neither.
    """
    match target:
        case "local":
            return LocalWorkbench()
        case "aws":
            return AwsWorkbench()
        case _:
            raise ValueError(f"target must be 'local' or 'aws', got {target!r}")


class LocalWorkbench(Workbench):
    """The local AWS, started for the notebook; scripted reviewers answer."""

    patience_seconds = PATIENCE_SECONDS

    def __init__(self) -> None:
        self._local = LocalAws.start()
        os.environ.update(self._local.environment)
        self._portal = PortalClient(self._local.portal_url)

    def deploy(self, project: Path, stack: str, context: Mapping[str, str]) -> dict[str, str]:
        settings = {"workers": ",".join(WORKERS), **context}
        self._cli(project).deploy(python_app(), stack, context=settings)
        return stack_outputs(AwsClients(), stack)

    def destroy(self, project: Path, stack: str, context: Mapping[str, str]) -> None:
        self._cli(project).destroy(python_app(), stack, context=context)

    def first_task(self, preview: Callable[[], str]) -> str:
        del preview  # the portal has the task itself
        worker = WORKERS[0]
        task = self._portal.tasks(worker)[0]
        page = use_stand_in(self._portal.task(task["id"], worker)["html"])
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(self._local.portal_url))
        for path in (STATIC_PATH, "/_a2i/s3/"):
            page = page.replace(f'"{path}', f'"{origin}{path}')
        return page

    def answer(self, expected: int, answer: Callable[[str], Answer]) -> str:
        answers = answer_open_tasks(
            self._portal, WORKERS, expected=expected, answer=answer(self._local.portal_url)
        )
        return ", ".join(f"{given.worker}: {given.human_loop_name}" for given in answers)

    def close(self) -> None:
        self._local.stop()

    def _cli(self, project: Path) -> CdkCli:
        return CdkCli(self._local.environment, project=project)


class AwsWorkbench(Workbench):
    """AWS with the caller's credentials and region; people answer in the worker portal.

    The region must be bootstrapped, and the account must be a customer of A2I.
    """

    patience_seconds = HALF_A_DAY_SECONDS

    def __init__(self) -> None:
        self._portal_url = ""

    def deploy(self, project: Path, stack: str, context: Mapping[str, str]) -> dict[str, str]:
        self._cdk(project, "deploy", "--require-approval=never", *_options(context), stack)
        outputs = stack_outputs(AwsClients(), stack)
        self._portal_url = outputs.get("PortalUrl", "the portal of the existing team")
        return outputs

    def destroy(self, project: Path, stack: str, context: Mapping[str, str]) -> None:
        self._cdk(project, "destroy", "--force", *_options(context), stack)

    def first_task(self, preview: Callable[[], str]) -> str:
        return preview()

    def answer(self, expected: int, answer: Callable[[str], Answer]) -> str:
        del answer  # only scripted reviewers need it
        return f"answer {expected} tasks at {self._portal_url}, then run the next cell"

    def close(self) -> None:
        """Nothing was started."""

    def _cdk(self, project: Path, *arguments: str) -> None:
        cli = ROOT / "node_modules" / ".bin" / "cdk"
        app = f"--app={python_app()}"
        subprocess.run([str(cli), "--no-notices", app, *arguments], cwd=project, check=True)  # noqa: S603 - the project's own CLI


def show_task(page: str, height: int = 420) -> DisplayObject:
    """Return a picture of a task's page, which a notebook keeps when the portal has gone.

    Where there is no Chromium to draw it, the page itself comes in a frame.

    Args:
        page: HTML of the task.
        height: of the picture, in pixels.
    """
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        note = "<p>There is no Chromium to draw a picture: this is the page itself.</p>"
        return HTML(note + as_frame(page, height))  # type: ignore[no-untyped-call] # IPython's
    return Image(_screenshot(chromium, page, height))  # type: ignore[no-untyped-call] # likewise


def _screenshot(chromium: str, page: str, height: int) -> bytes:
    with TemporaryDirectory() as folder:
        shown, picture = Path(folder, "task.html"), Path(folder, "task.png")
        frame = as_frame(page, height - 2)
        shown.write_text(f"<!doctype html><style>body {{margin: 0}}</style>{frame}")
        subprocess.run(  # noqa: S603 - the browser of this machine
            [
                chromium,
                "--headless",
                *(["--no-sandbox"] if os.geteuid() == 0 else []),  # root can have none
                f"--user-data-dir={folder}/profile",
                f"--window-size={PICTURE_WIDTH},{height + WINDOW_FRAME}",
                "--hide-scrollbars",
                "--virtual-time-budget=10000",  # milliseconds for elements and images
                f"--screenshot={picture}",
                shown.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
        cropped = io.BytesIO()
        with PIL.Image.open(picture) as drawn:
            drawn.crop((0, 0, PICTURE_WIDTH, height)).save(cropped, "PNG")
        return cropped.getvalue()


def as_frame(page: str, height: int = 420) -> str:
    """Return HTML that shows a task's page inside a notebook, apart from the notebook itself."""
    style = f"width:100%;height:{height}px;border:1px solid #ccc"
    sandbox = "allow-scripts allow-forms"
    return f'<iframe sandbox="{sandbox}" style="{style}" srcdoc="{escape(page)}"></iframe>'


def inventory() -> set[str]:
    """Return one line for each resource of the kinds in LISTS, such as `buckets: my-bucket`."""
    session: Any = boto3.Session()  # its overloads want literal names
    return {
        f"{kind}: {name}"
        for kind, (service, operation, members, key) in LISTS.items()
        for name in _names(session.client(service), operation, members, key)
        if not name.startswith(BOOTSTRAP_PREFIX)
    }


def _options(context: Mapping[str, str]) -> list[str]:
    return [f"--context={name}={value}" for name, value in context.items()]


def _names(client: Any, operation: str, members: str, key: str) -> Iterable[str]:
    for page in _pages(client, operation):
        for item in page[members]:
            yield item[key] if key else item


def _pages(client: Any, operation: str) -> Iterable[dict[str, Any]]:
    if client.can_paginate(operation):
        yield from client.get_paginator(operation).paginate()
    else:
        yield getattr(client, operation)()
