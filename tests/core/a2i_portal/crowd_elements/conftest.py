"""Tasks written in a test, opened in the portal, answered through the stand-in."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from PIL import Image
from playwright.sync_api import FrameLocator, Locator, Page, expect

from a2i_local.loopback_server import serving
from a2i_local.portal import create_app
from tests.tools.a2i_local.portal.memory_tasks import (
    MemorySignIn,
    MemoryTask,
    MemoryTasks,
    StoredBytes,
)
from worker_template.answers import answer_schema

LOADER = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
IMAGE_WIDTH, IMAGE_HEIGHT = 400, 300
IMAGE = "/_a2i/s3/image"


@dataclass
class OpenTask:
    """A task that Ann has open."""

    page: Page
    tasks: MemoryTasks
    schema: dict[str, Any]

    @property
    def frame(self) -> FrameLocator:
        return self.page.frame_locator("iframe[title=Task]")

    def find(self, selector: str) -> Locator:
        return self.frame.locator(selector)

    def run(self, script: str) -> Any:
        """Evaluate `script` inside the task's document."""
        return self.find("body").evaluate(f"() => {{ {script} }}")

    def press_submit(self) -> None:
        self.find("crowd-button[form-action=submit]").last.click()

    def submit(self, *, by_key: bool = False) -> dict[str, Any]:
        """Submit and return what arrived at the service; it has the shape that is documented."""
        if by_key:
            self.page.keyboard.press("Control+Enter")
        else:
            self.press_submit()
        expect(self.page.get_by_role("heading", name="Answer submitted")).to_be_visible()
        answer = self.tasks.answers["task"]["ann"]
        Draft202012Validator(self.schema).validate(answer)
        return answer

    def image_is_shown(self) -> None:
        """Wait for the image of a drawing tool."""
        expect(self.find(".stage[data-ready]")).to_be_visible()

    def mask_is_shown(self) -> None:
        """Wait for the mask that a model proposed."""
        expect(self.find(".stage[data-proposed]")).to_be_visible()

    def on_image(self, x: float, y: float) -> tuple[float, float]:
        """Where a pixel of the image is on the page."""
        frame = self.find(".stage img").bounding_box()
        assert frame is not None
        scale = frame["width"] / IMAGE_WIDTH
        return frame["x"] + x * scale, frame["y"] + y * scale

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Drag on the image, from and to image pixels."""
        mouse = self.page.mouse
        mouse.move(*self.on_image(*start))
        mouse.down()
        mouse.move(*self.on_image(*end), steps=4)
        mouse.up()

    def click(self, x: float, y: float) -> None:
        """Click a pixel of the image."""
        self.page.mouse.click(*self.on_image(x, y))

    def press(self, *keys: str) -> None:
        """Press keys wherever the focus is."""
        for key in keys:
            self.page.keyboard.press(key)

    def refuses(self, *messages: str) -> None:
        """Submit and see the messages instead of an answer."""
        self.press_submit()
        for message in messages:
            expect(self.frame.get_by_text(message).first).to_be_visible()
        assert self.tasks.answers["task"] == {}


@dataclass
class Desk:
    """Opens tasks whose HTML a test writes."""

    page: Page
    portal: str
    tasks: MemoryTasks

    def open(self, html: str, *, in_form: bool = True) -> OpenTask:
        body = f"<crowd-form>{html}</crowd-form>" if in_form else html
        self.tasks.add(MemoryTask("task", html=LOADER + body))
        self.page.goto(f"{self.portal}/_a2i/portal?worker=ann&task=task")
        task = OpenTask(self.page, self.tasks, answer_schema(LOADER + body))
        expect(task.frame.get_by_role("note")).to_contain_text("Offline stand-in")
        expect(self.page.locator("iframe")).to_be_focused()  # else keys miss the task
        return task


@pytest.fixture
def desk(page: Page) -> Iterator[Desk]:
    """A portal with an image under IMAGE."""
    tasks = MemoryTasks()
    tasks.objects["image"] = StoredBytes(_png(), "image/png")
    with serving(create_app(tasks, MemorySignIn(), allowed_hosts={"127.0.0.1"})) as url:
        yield Desk(page, url, tasks)


def _png() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (IMAGE_WIDTH, IMAGE_HEIGHT), "#cfe3ee").save(content, "PNG")
    return content.getvalue()
