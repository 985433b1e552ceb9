"""The reference site: built without a warning, and with every public name in it."""

import os
import re
import subprocess
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from infra.settings import FlowSettings
from worker_template import bundled_template_names

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
PACKAGES = [
    "a2i_client",
    "a2i_constructs",
    "a2i_constructs.step_functions",
    "a2i_local.testing",
    "worker_template",
]


@pytest.fixture(scope="module")
def site() -> Path:
    """The site, made by `make docs`, which a warning fails."""
    environment = {name: text for name, text in os.environ.items() if name != "JSII_NODE"}
    done = subprocess.run(
        ["make", "docs"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return ROOT / "build/docs"


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_has_an_entry(package: str, site: Path) -> None:
    page = (site / f"build/reference/{package}.html").read_text()
    missing = [
        name for name in import_module(package).__all__ if f'id="{package}.{name}"' not in page
    ]
    assert missing == []


def test_a_construct_shows_its_own_arguments_with_their_defaults(site: Path) -> None:
    page = (site / "build/reference/a2i_constructs.html").read_text()
    entry = page.partition('id="a2i_constructs.PrivateWorkforce"')[2].partition("</dt>")[0]
    shown = re.sub(r"<[^>]+>", "", entry)
    assert re.search(r"workforce_name:\s*str\s*=\s*[&#x27;']+default", shown), shown
    assert "*args" not in shown


def test_every_grant_event_and_metric_has_an_entry(site: Path) -> None:
    package = import_module("a2i_constructs")
    page = (site / "build/reference/a2i_constructs.html").read_text()
    members = [
        f"a2i_constructs.{name}.{member}"
        for name in package.__all__
        for member in vars(getattr(package, name))
        if re.match(r"(grant|on|metric)_", member)
    ]
    assert len(members) > 20
    assert [member for member in members if f'id="{member}"' not in page] == []


def test_settings_commands_and_errors_are_listed(site: Path) -> None:
    settings = (site / "build/reference/settings.html").read_text()
    for field in FlowSettings.model_fields.values():
        assert f">{field.alias}<" in settings
    commands = (site / "build/reference/commands.html").read_text()
    for command in ("a2i init", "a2i init ci", "a2i template preview", "a2i flow prune"):
        assert f"<h2>{command}<" in commands
    shown = re.sub(r"<[^>]+>", "", commands)
    assert re.search(r"--timeout SECONDS\s+900\s+Give up waiting", shown)
    assert re.search(r"--stack NAME\s+the one that cdk.json names\s+The deployed stack", shown)
    assert "MissingInputError" in (site / "build/reference/errors.html").read_text()


def test_the_gallery_shows_every_ready_template(site: Path) -> None:
    gallery = (site / "docs/site/gallery.html").read_text()
    for name in bundled_template_names():
        assert f"{name}.png" in gallery


def test_the_site_can_be_searched_and_loads_nothing_from_elsewhere(site: Path) -> None:
    assert "HumanReviewWorkflow" in (site / "searchindex.js").read_text()
    page = (site / "docs/site/index.html").read_text()
    assert re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="https?:', page) == []


def test_the_sites_packages_are_pinned() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pins = (ROOT / "requirements-docs.txt").read_text()
    for requirement in extras["optional-dependencies"]["docs"]:
        name = re.split(r"[<>=]", requirement)[0]
        assert re.search(rf"^{name}==", pins, re.MULTILINE)
