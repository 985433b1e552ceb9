"""crowd-semantic-segmentation and crowd-instance-segmentation, by pointer and by keyboard."""

import base64
import io
import json
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import expect

from tests.core.a2i_portal.crowd_elements.conftest import (
    IMAGE,
    IMAGE_HEIGHT,
    IMAGE_WIDTH,
    Desk,
    OpenTask,
)
from tests.tools.a2i_local.portal.memory_tasks import StoredBytes

SIZE = {"height": IMAGE_HEIGHT, "width": IMAGE_WIDTH}
MAPPINGS = {"Cat": {"color": "#d62728"}, "Dog": {"color": "#1f77b4"}}
INSTANCES = [{"color": "#d62728", "label": "Cat"}, {"color": "#1f77b4", "label": "Cat"}]
WHITE, RED, BLUE = (255, 255, 255), (0xD6, 0x27, 0x28), (0x1F, 0x77, 0xB4)
SEMANTIC, INSTANCE = "crowd-semantic-segmentation", "crowd-instance-segmentation"


def open_mask(desk: Desk, tag: str, given: dict[str, Any] | None = None) -> OpenTask:
    value = json.dumps(given).replace('"', "&quot;") if given else ""
    start = f'initial-value="{value}"' if given else ""
    task = desk.open(
        f'<{tag} name="parts" src="{IMAGE}" labels="[\'Cat\', \'Dog\']" header="Paint" {start}>'
        f"</{tag}>"
    )
    task.image_is_shown()
    return task


def given_mask(desk: Desk) -> Image.Image:
    mask = Image.new("RGB", (IMAGE_WIDTH, IMAGE_HEIGHT), WHITE)
    draw = ImageDraw.Draw(mask)
    draw.rectangle((10, 10, 100, 100), fill=RED)
    draw.rectangle((200, 100, 300, 200), fill=BLUE)
    content = io.BytesIO()
    mask.save(content, "PNG")
    desk.tasks.objects["mask"] = StoredBytes(content.getvalue(), "image/png")
    return mask


def mask_of(answer: dict[str, Any]) -> Image.Image:
    png = answer["parts"]["labeledImage"]["pngImageData"]
    return Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")


def rgb(color: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(color.removeprefix("#")))


def test_a_stroke_paints_its_label_in_exactly_that_colour(desk: Desk) -> None:
    task = open_mask(desk, SEMANTIC)
    task.frame.get_by_role("button", name="Dog").click()
    task.drag((100, 100), (200, 100))
    answer = task.submit()
    colors = {name: rgb(part["color"]) for name, part in answer["parts"]["labelMappings"].items()}
    mask = mask_of(answer)
    assert mask.size == (IMAGE_WIDTH, IMAGE_HEIGHT)
    assert mask.getpixel((150, 100)) == colors["Dog"]
    assert mask.getpixel((150, 130)) == WHITE
    assert {color for _, color in mask.getcolors() or []} == {WHITE, colors["Dog"]}
    assert answer["parts"]["inputImageProperties"] == SIZE
    assert "initialValueModified" not in answer["parts"]


def test_the_mask_of_a_model_comes_back_unchanged(desk: Desk) -> None:
    mask = given_mask(desk)
    for tag, known in (
        (SEMANTIC, {"labelMappings": MAPPINGS}),
        (INSTANCE, {"instances": INSTANCES}),
    ):
        task = open_mask(desk, tag, {"src": "/_a2i/s3/mask", **known})
        task.mask_is_shown()
        answer = task.submit()
        part = answer["parts"]
        assert mask_of(answer).tobytes() == mask.tobytes()
        assert {key: part[key] for key in known} == known
        assert part["initialValueModified"] is False


def test_the_eraser_and_undo_change_the_mask_of_a_model(desk: Desk) -> None:
    given_mask(desk)
    task = open_mask(desk, SEMANTIC, {"src": "/_a2i/s3/mask", "labelMappings": MAPPINGS})
    task.mask_is_shown()
    task.frame.get_by_role("button", name="Eraser").click()
    task.drag((50, 50), (60, 50))
    task.drag((250, 150), (260, 150))
    task.frame.get_by_role("button", name="Undo").click()
    answer = task.submit()
    assert mask_of(answer).getpixel((55, 50)) == WHITE
    assert mask_of(answer).getpixel((255, 150)) == BLUE
    assert answer["parts"]["initialValueModified"] is True


def test_a_polygon_is_filled(desk: Desk) -> None:
    task = open_mask(desk, SEMANTIC)
    task.press("a")
    for corner in ((100, 50), (300, 50), (300, 250), (100, 250), (100, 50)):
        task.click(*corner)
    answer = task.submit()
    mask = mask_of(answer)
    assert mask.getpixel((200, 150)) == rgb(answer["parts"]["labelMappings"]["Cat"]["color"])
    assert mask.getpixel((80, 150)) == WHITE


def test_keys_paint(desk: Desk) -> None:
    task = open_mask(desk, SEMANTIC)
    task.press("b", "2", "]", "Space", *["ArrowRight"] * 4, "Space", *["ArrowDown"] * 6)
    answer = task.submit(by_key=True)
    dog = rgb(answer["parts"]["labelMappings"]["Dog"]["color"])
    mask = mask_of(answer)
    assert mask.getpixel((200, 150)) == mask.getpixel((240, 150)) == dog
    assert mask.getpixel((248, 200)) == WHITE


def test_each_thing_is_an_instance_of_its_own(desk: Desk) -> None:
    task = open_mask(desk, INSTANCE)
    task.click(100, 100)
    expect(task.frame.get_by_text("Press one of the labels first.")).to_be_visible()
    for label, at in (("Cat", (100, 100)), ("Cat", (300, 100)), ("Dog", (200, 200))):
        task.frame.get_by_role("button", name=f"New {label}").click()
        task.click(*at)
    task.frame.get_by_role("button", name="Delete Cat 1").click()
    answer = task.submit()
    instances = answer["parts"]["instances"]
    assert [instance["label"] for instance in instances] == ["Cat", "Dog"]
    mask = mask_of(answer)
    assert mask.getpixel((100, 100)) == WHITE
    assert mask.getpixel((300, 100)) == rgb(instances[0]["color"])
    assert mask.getpixel((200, 200)) == rgb(instances[1]["color"])


def test_keys_make_and_paint_instances(desk: Desk) -> None:
    task = open_mask(desk, INSTANCE)
    task.press("b", "1", "Space", "Space", *["Shift+ArrowRight"] * 2, "1", "Space", "Space")
    answer = task.submit(by_key=True)
    colors = {rgb(instance["color"]) for instance in answer["parts"]["instances"]}
    assert len(colors) == 2
    assert {color for _, color in mask_of(answer).getcolors() or []} == {WHITE, *colors}


def test_a_mask_that_cannot_be_loaded_is_not_answered_over(desk: Desk) -> None:
    task = open_mask(desk, SEMANTIC, {"src": "/_a2i/s3/none", "labelMappings": MAPPINGS})
    task.refuses("The proposed mask has not been loaded.")


def test_a_reload_keeps_what_was_painted(desk: Desk) -> None:
    task = open_mask(desk, INSTANCE)
    task.press("1")
    task.click(100, 100)
    desk.page.wait_for_function(
        "() => Object.values(localStorage).some((draft) => draft.includes('points'))"
    )
    desk.page.reload()
    task.image_is_shown()
    expect(task.frame.get_by_role("button", name="1. Cat")).to_be_visible()
    assert mask_of(task.submit()).getpixel((100, 100)) != WHITE
