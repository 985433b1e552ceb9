"""axe-core finds no violation of WCAG 2.2 AA on the portal's pages and in tasks, light and dark."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.core.a2i_portal.crowd_elements.samples import IMAGE, SAMPLES, Sample
from tests.tools.a2i_local.portal.memory_tasks import MemoryTasks, StoredBytes
from tests.tools.a2i_local.portal.test_portal_page import FORM, LOADER, TASK, frame_of, start
from worker_template import TaskTemplate, bundled_template_names, bundled_template_path

AXE = Path(__file__).parents[4] / "node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def violations(place: Page | Frame) -> list[str]:
    """What axe-core objects to in one document, without the frames in it."""
    place.evaluate(AXE.read_text(encoding="utf-8"))
    found = place.evaluate(
        "tags => axe.run(document, {runOnly: tags, iframes: false, resultTypes: ['violations']})",
        TAGS,
    )
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


@pytest.fixture(params=["light", "dark"])
def coloured(request: pytest.FixtureRequest, page: Page) -> Page:
    """A page in light or dark mode."""
    page.emulate_media(color_scheme=request.param)
    return page


def test_the_portal_s_pages(coloured: Page, portal: str, tasks: MemoryTasks) -> None:
    page = coloured
    page.goto(f"{portal}/_a2i/portal")
    expect(page.get_by_label("User name or e-mail")).to_be_visible()
    assert violations(page) == []
    page.goto(f"{portal}/_a2i/portal?worker=ann")
    expect(page.get_by_role("heading", name="Nothing to review")).to_be_visible()
    assert violations(page) == []
    tasks.add(TASK)
    page.reload()
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Close").click()
    start(page)
    assert violations(page) == []
    frame_of(page).get_by_label("Answer").fill("x")
    frame_of(page).get_by_role("button", name="Submit").click()
    expect(page.get_by_role("heading", name="Answer submitted")).to_be_visible()
    assert violations(page) == []


def task_violations(page: Page, portal: str, tasks: MemoryTasks, html: str) -> list[str]:
    tasks.add(replace(TASK, html=html))
    page.goto(f"{portal}/_a2i/portal?worker=ann&task=t1")
    expect(frame_of(page).get_by_role("note")).to_be_visible()
    return violations(page.frames[-1])


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.tag)
def test_each_element(
    coloured: Page, portal: str, tasks: MemoryTasks, sample: Sample, image: StoredBytes
) -> None:
    tasks.objects["image"] = image
    html = f"{LOADER}<crowd-form>{sample.html}</crowd-form>"
    assert task_violations(coloured, portal, tasks, html) == []


@pytest.mark.parametrize("name", bundled_template_names())
def test_the_ready_templates(
    coloured: Page, portal: str, tasks: MemoryTasks, name: str, image: StoredBytes
) -> None:
    tasks.objects["image"] = image
    path = bundled_template_path(name)
    template = TaskTemplate.from_file(path)
    html = template.render(template.sample_input() or {}, grant_read_access=lambda _: IMAGE)
    assert task_violations(coloured, portal, tasks, html) == []


def test_the_check_finds_what_is_wrong(page: Page, portal: str, tasks: MemoryTasks) -> None:
    html = FORM + '<input name="nameless"><p style="color: #ccc">pale</p>'
    found = " ".join(task_violations(page, portal, tasks, html))
    assert "label: " in found
    assert "color-contrast: " in found
