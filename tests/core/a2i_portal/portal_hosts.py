"""Both hosts of the portal, for tests of what a task's HTML can do in them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol

from playwright.sync_api import Page

from a2i_local.loopback_server import serving
from a2i_local.portal import create_app
from tests.core.a2i_portal.account_site import AccountSite, object_uri, serving_account
from tests.tools.a2i_local.portal.memory_tasks import (
    MemorySignIn,
    MemoryTask,
    MemoryTasks,
    StoredBytes,
)

LINK = "LINK-TO-THE-OBJECT"
"""Stands in a task's HTML for the link to the one object that it was granted, a text."""
OBJECT = b"The document"


class PortalHost(Protocol):
    """A portal that shows tasks to Ann."""

    api: str
    """Path of the API, with a slash at its end."""

    def open(self, page: Page, html: str) -> None:
        """Show a new task with this HTML."""
        ...

    def open_list(self, page: Page, title: str) -> None:
        """Show the list, with a task whose title and description are given."""
        ...

    def answers(self) -> list[Any]:
        """What was submitted for the task that was opened last."""
        ...


@dataclass
class LocalPortal:
    url: str
    tasks: MemoryTasks
    api: str = "/_a2i/api/"

    def open(self, page: Page, html: str) -> None:
        self.tasks.objects["doc"] = StoredBytes(OBJECT, "text/plain")
        self.tasks.add(MemoryTask("t1", html=html.replace(LINK, "/_a2i/s3/doc")))
        page.goto(f"{self.url}/_a2i/portal?worker=ann&task=t1")

    def open_list(self, page: Page, title: str) -> None:
        self.tasks.add(MemoryTask("t1", title=title, description=title, human_loop_name=title))
        page.goto(f"{self.url}/_a2i/portal?worker=ann")

    def answers(self) -> list[Any]:
        return list(self.tasks.answers["t1"].values())


@dataclass
class AccountPortal:
    site: AccountSite
    api: str = "/api/"
    names: Iterator[str] = field(default_factory=lambda: (f"loop-{n}" for n in count()))
    last: str = ""

    def open(self, page: Page, html: str) -> None:
        granted = "{% endraw %}{{ task.input.doc | grant_read_access }}{% raw %}"
        template = f"{{% raw %}}{html.replace(LINK, granted)}{{% endraw %}}"
        self.site.objects["doc"] = (OBJECT, "text/plain")
        self.last = next(self.names)
        self.site.offer(self.last, template, {"doc": object_uri("doc")})
        self.site.sign_in(page, "ann")
        page.goto(f"{self.site.url}/?task={self.last}")

    def open_list(self, page: Page, title: str) -> None:
        self.last = next(self.names)
        self.site.offer(self.last, "<p>task</p>", TaskTitle=title, TaskDescription=title)
        self.site.sign_in(page, "ann")
        page.goto(self.site.url)

    def answers(self) -> list[Any]:
        return self.site.answers(self.last)


@contextmanager
def _local() -> Iterator[PortalHost]:
    tasks = MemoryTasks()
    with serving(create_app(tasks, MemorySignIn(), allowed_hosts={"127.0.0.1"})) as url:
        yield LocalPortal(url, tasks)


@contextmanager
def _account() -> Iterator[PortalHost]:
    with serving_account() as site:
        yield AccountPortal(site)


HOSTS: dict[str, Callable[[], Any]] = {"local": _local, "account": _account}
