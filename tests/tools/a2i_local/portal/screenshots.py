"""The pictures of the worker portal in docs/images/portal, in light and dark and on a telephone.

`make portal-pictures` makes them anew; they are looked at, not compared.
"""

import io
import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Page, Playwright, sync_playwright

from a2i_local.loopback_server import serving
from a2i_local.portal import create_app
from tests.tools.a2i_local.portal.memory_tasks import (
    FLOW,
    MemorySignIn,
    MemoryTask,
    MemoryTasks,
    StoredBytes,
)
from worker_template import bundled_template_path

PICTURES = Path(__file__).parents[4] / "docs/images/portal"
LOADER = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
STREET = "/_a2i/s3/street"
INVOICE = "/_a2i/s3/invoice"
LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 760}},
}


def widget(tag: str, header: str, labels: str, initial: object, src: str = STREET) -> str:
    value = json.dumps(initial).replace('"', "&quot;")
    return (
        f'{LOADER}<crowd-form><{tag} name="found" src="{src}" header="{header}" labels="{labels}"'
        f' initial-value="{value}"><short-instructions>Follow the outline closely.'
        f"</short-instructions></{tag}></crowd-form>"
    )


CLASSIFIER = (
    f'{LOADER}<crowd-form><crowd-classifier name="sentiment" header="What is the sentiment?"'
    " categories=\"['Positive', 'Negative', 'Neutral', 'Mixed']\">"
    "<classification-target><p>The parcel came two days late, but the driver was very kind and the"
    " tools are exactly what we had ordered.</p></classification-target>"
    "<short-instructions>Judge the text as a whole.</short-instructions>"
    "</crowd-classifier></crowd-form>"
)
CAR = [(46, 268), (62, 226), (104, 212), (168, 214), (206, 244), (208, 280), (56, 284)]
TASKS = {
    "classifier": CLASSIFIER,
    "boxes": widget(
        "crowd-bounding-box",
        "Find the vehicles and people",
        "['Car', 'Bus', 'Person']",
        [
            {"label": "Car", "left": 48, "top": 208, "width": 162, "height": 76},
            {"label": "Person", "left": 514, "top": 148, "width": 48, "height": 134},
        ],
    ),
    "polygon": widget(
        "crowd-polygon",
        "Outline each vehicle",
        "['Car', 'Bus']",
        [{"label": "Car", "vertices": [{"x": x, "y": y} for x, y in CAR]}],
    ),
    "mask": widget(
        "crowd-semantic-segmentation",
        "Paint what belongs to whom",
        "['Car', 'Road', 'Person']",
        {
            "src": "/_a2i/s3/mask",
            "labelMappings": {"Car": {"color": "#ff7f0e"}, "Road": {"color": "#1f77b4"}},
        },
    ),
    "document": widget("crowd-textract-analyze-document", "Correct the fields", "[]", [], INVOICE),
}


def field(number: int, key: str, value: str, left: float, top: float) -> list[dict[str, object]]:
    """A key and its value as Textract's blocks."""
    box = {"boundingBox": {"left": left, "top": top, "width": 0.16, "height": 0.04}}
    ids = [f"{number}-{part}" for part in ("key", "value", "key-word", "value-word")]
    child = [[{"type": "CHILD", "ids": [word]}] for word in ids[2:]]
    pair = {"blockType": "KEY_VALUE_SET", "geometry": box}
    return [
        {
            **pair,
            "id": ids[0],
            "entityTypes": ["KEY"],
            "relationships": [{"type": "VALUE", "ids": [ids[1]]}, *child[0]],
        },
        {**pair, "id": ids[1], "entityTypes": ["VALUE"], "relationships": child[1]},
        {"blockType": "WORD", "id": ids[2], "text": key},
        {"blockType": "WORD", "id": ids[3], "text": value},
    ]


def sample_tasks() -> MemoryTasks:
    """The tasks of the pictures, with their images."""
    tasks = MemoryTasks()
    for name, file in (
        ("street", "object_detection_review.sample.png"),
        ("invoice", "document_fields_review.sample.png"),
    ):
        path = bundled_template_path("object_detection_review").parent / file
        tasks.objects[name] = StoredBytes(path.read_bytes(), "image/png")
    tasks.objects["mask"] = StoredBytes(mask(tasks.objects["street"].body), "image/png")
    blocks = [
        *field(1, "Invoice number", "2026-0417", 0.73, 0.147),
        *field(2, "Total", "1,284.60", 0.76, 0.563),
    ]
    value = json.dumps(blocks).replace('"', "&quot;")
    document = TASKS["document"].replace('initial-value="[]"', f'initial-value="{value}"')
    for number, (name, html) in enumerate({**TASKS, "document": document}.items()):
        flow = FLOW + ("sentiment" if name == "classifier" else "vision")
        tasks.add(
            MemoryTask(
                name,
                html=html,
                title="Check the sentiment" if name == "classifier" else "Look at the picture",
                flow_definition_arn=flow,
                review_id=f"order-{1000 + number}",
            )
        )
    tasks.add(replace(tasks.tasks["classifier"], id="second", review_id="order-1009"))
    return tasks


def mask(street: bytes) -> bytes:
    """A mask that a model might have proposed."""
    with Image.open(io.BytesIO(street)) as image:
        drawn = Image.new("RGB", image.size, "white")
    draw = ImageDraw.Draw(drawn)
    width, height = drawn.size
    wave = [(x, height * 0.7 + 6 * math.sin(x / 40)) for x in range(0, width, 8)]
    draw.polygon([*wave, (width, height), (0, height)], fill="#1f77b4")
    draw.polygon(CAR, fill="#ff7f0e")
    content = io.BytesIO()
    drawn.save(content, "PNG")
    return content.getvalue()


def views(page: Page, portal: str) -> Iterator[str]:
    """Open one view after the other, each named."""
    address = f"{portal}/_a2i/portal"
    page.goto(address)
    page.get_by_role("button", name="continue without a password").wait_for()
    yield "sign_in"
    page.goto(f"{address}?worker=ann")
    page.get_by_role("button", name="Start").first.wait_for()
    yield "list"
    page.keyboard.press("?")
    yield "keys"
    for name in TASKS:
        page.goto(f"{address}?worker=ann&task={name}")
        task = page.frame_locator("iframe")
        task.get_by_role("note").wait_for(state="attached")
        page.wait_for_load_state("networkidle")
        for button in task.locator("ol.items button.name").all()[:1]:
            button.click()
        yield name


@contextmanager
def new_page(playwright: Playwright, look: str) -> Iterator[Page]:
    """Open a page that looks so."""
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
    )
    yield browser.new_context(**LOOKS[look]).new_page()  # type: ignore[arg-type]
    browser.close()


def save(page: Page, name: str) -> None:
    """Keep what a page shows as a small picture."""
    PICTURES.mkdir(exist_ok=True)
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        small = picture.convert("RGB").quantize(colors=128, dither=Image.Dither.NONE)
    small.save(PICTURES / f"{name}.png", optimize=True)


def main() -> None:
    """Make all pictures."""
    with sync_playwright() as playwright:
        for look in LOOKS:
            app = create_app(sample_tasks(), MemorySignIn(), allowed_hosts={"127.0.0.1"})
            with serving(app) as portal, new_page(playwright, look) as page:
                for name in views(page, portal):
                    save(page, f"{name}_{look}")


if __name__ == "__main__":
    main()
