"""The modules of page and elements become one script each."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from a2i_portal.bundle import BundleError, bundled, make_bundle, read_bundle, write_bundle

NODE = Path(sys.prefix, "bin", "node")


def modules(folder: Path, **sources: str) -> Path:
    """Write modules; return the one that is named `entry`."""
    for name, source in sources.items():
        (folder / f"{name}.js").write_text(source)
    return folder / "entry.js"


@pytest.mark.process
def test_modules_run_once_after_those_that_they_import(tmp_path: Path) -> None:
    entry = modules(
        tmp_path,
        entry='import "./side.js";\nimport { one, add as plus } from "./shared.js";\n'
        'import { Two } from "./two.js";\n'
        "console.log(plus(one, new Two().value), import.meta.url.length > 0);\n",
        side='import { one } from "./shared.js";\nconst local = one;\n'
        'console.log("side", local);\n',
        shared="const local = 1;\nexport const one = local;\n"
        'export function add(a, b) { return a + b; }\nconsole.log("shared");\n',
        two='import {\n  one,\n} from "./shared.js";\nexport class Two { value = one + 1; }\n',
    )
    script = tmp_path / "bundle.mjs"
    script.write_text(bundled(entry))
    printed = subprocess.run([NODE, script], capture_output=True, text=True, check=True)
    assert printed.stdout.split() == ["shared", "side", "1", "3", "true"]


@pytest.mark.parametrize(
    "line",
    [
        'import everything from "./shared.js";',
        'import * as shared from "./shared.js";',
        "export default function () {}",
        "export let changing = 1;",
        "const one = 1;\nexport { one };",
        'export * from "./shared.js";',
        'const later = () => import("./shared.js");',
    ],
)
def test_other_imports_and_exports_are_refused_with_the_way_that_works(
    tmp_path: Path, line: str
) -> None:
    entry = modules(tmp_path, entry=line, shared="export const one = 1;")
    with pytest.raises(BundleError, match=r"entry\.js has .* use import \{ name \} from"):
        bundled(entry)


def test_a_circle_is_named(tmp_path: Path) -> None:
    entry = modules(
        tmp_path, entry='import { b } from "./b.js";', b='import { a } from "./entry.js";'
    )
    with pytest.raises(BundleError, match=r"entry\.js -> b\.js -> entry\.js"):
        bundled(entry)


def test_a_missing_module_is_named(tmp_path: Path) -> None:
    entry = modules(tmp_path, entry='import { b } from "./b.js";')
    with pytest.raises(BundleError, match=r"entry\.js imports \./b\.js, which is no file"):
        bundled(entry)


@pytest.mark.process
def test_page_and_elements_are_scripts_that_parse(tmp_path: Path) -> None:
    for name in ("portal.js", "crowd.js"):
        script = tmp_path / name.replace(".js", ".mjs")
        script.write_text(make_bundle().files[name])
        subprocess.run([NODE, "--check", script], capture_output=True, check=True)


def test_the_page_names_the_bundle_and_nothing_else_of_a_host() -> None:
    bundle = make_bundle()
    loaded = re.findall(r'(?:href|src)="(/[^"]*)"', bundle.page)
    assert loaded == [f"/static/{bundle.hash}/portal.css", f"/static/{bundle.hash}/portal.js"]
    assert 'name="a2i-host" content="account"' in bundle.page


def test_the_same_modules_are_the_same_bytes(tmp_path: Path) -> None:
    make_bundle.cache_clear()
    first = make_bundle()
    make_bundle.cache_clear()
    write_bundle(tmp_path)
    assert read_bundle(tmp_path) == first == make_bundle()
    names = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*"))
    files = [f"{first.hash}/{name}" for name in ("crowd.js", "portal.css", "portal.js")]
    assert names == sorted(["index.html", *files])


def test_the_scripts_are_small() -> None:
    """A reviewer waits for them at the first visit; what grows them is looked at."""
    sizes = {name: len(text) for name, text in make_bundle().files.items()}
    assert sizes["portal.js"] < 90_000
    assert sizes["crowd.js"] < 250_000
