"""One script for the portal's page and one for the crowd elements, made of their modules.

A function that serves forty modules is started forty times at once; and a synthesis needs no npm.
So the modules are put one after the other, each in a function of its own that returns what it
exports. What this takes for granted of a module is checked: named imports at the beginning, named
exports that never change, no circles.
"""

import hashlib
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from a2i_portal import PAGES, crowd_elements

PAGE = "index.html"
PAGE_SCRIPT, PAGE_STYLE, ELEMENTS_SCRIPT = "portal.js", "portal.css", "crowd.js"
_IMPORT = re.compile(r'^import\s+(?:\{([^}]*)\}\s+from\s+)?"([^"]+)";[ \t]*$', re.MULTILINE)
_EXPORT = re.compile(
    r"^export\s+(?=(?:async\s+)?(?:function|class|const)\s+(?:\*\s*)?([A-Za-z_$][\w$]*))",
    re.MULTILINE,
)
_NOT_TAKEN = re.compile(r"^(?:import|export)\b.*|^.*\bimport\(.*", re.MULTILINE)
_LOCAL_HOST, _ACCOUNT_HOST = (
    f'<meta name="a2i-host" content="{n}" />' for n in ("local", "account")
)
_HASH_LENGTH = 16


class BundleError(Exception):
    """A module that cannot be put into a bundle."""


@dataclass(frozen=True)
class Bundle:
    """The page, and the files it loads below `/static/<hash>/`."""

    page: str
    hash: str
    """Of what the files hold: a path with it stands for the same bytes for ever."""
    files: dict[str, str]

    @property
    def elements_path(self) -> str:
        """Path of the crowd elements' script."""
        return f"/static/{self.hash}/{ELEMENTS_SCRIPT}"


def write_bundle(folder: Path) -> None:
    """Write the page and, in a folder that its hash names, the files of it."""
    bundle = make_bundle()
    files = folder / bundle.hash
    files.mkdir(parents=True)
    (folder / PAGE).write_text(bundle.page, encoding="utf-8", newline="")
    for name, text in bundle.files.items():
        (files / name).write_text(text, encoding="utf-8", newline="")


def read_bundle(folder: Path) -> Bundle:
    """Return the bundle that `write_bundle` wrote."""
    [files] = (path for path in folder.iterdir() if path.is_dir())
    return Bundle(
        (folder / PAGE).read_text(encoding="utf-8"),
        files.name,
        {path.name: path.read_text(encoding="utf-8") for path in files.iterdir()},
    )


@cache
def make_bundle() -> Bundle:
    """Make page and files from the modules; the same modules give the same bytes."""
    files = {
        PAGE_SCRIPT: bundled(PAGES / "portal.js"),
        PAGE_STYLE: (PAGES / "portal.css").read_text(encoding="utf-8"),
        ELEMENTS_SCRIPT: bundled(crowd_elements.STATIC_DIRECTORY / "index.js"),
    }
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{files[name]}\0".encode())
    found = digest.hexdigest()[:_HASH_LENGTH]
    page = (PAGES / "portal.html").read_text(encoding="utf-8")
    for local, here in (("/_a2i/portal/", f"/static/{found}/"), (_LOCAL_HOST, _ACCOUNT_HOST)):
        if local not in page:
            raise BundleError(f"portal.html lacks {local}, which the account's page has replaced")
        page = page.replace(local, here)
    return Bundle(page, found, files)


def bundled(entry: Path) -> str:
    """Return a module and all that it imports as one module without imports and exports.

    Raises:
        BundleError: a module imports or exports in another way, or modules import in a circle.
    """
    modules = _Modules()
    modules.add(entry, ())
    return "".join(modules.parts)


@dataclass
class _Modules:
    """Modules in the order in which they run, and the names of what they return."""

    names: dict[Path, str] = field(default_factory=dict)
    parts: list[str] = field(default_factory=list)

    def add(self, path: Path, importing: tuple[Path, ...]) -> str:
        """Add a module after those that it imports; return the name of its exports."""
        if path in importing:
            circle = " -> ".join(each.name for each in (*importing, path))
            raise BundleError(f"modules import in a circle: {circle}: move what both need")
        if path in self.names:
            return self.names[path]

        def bound(found: re.Match[str]) -> str:
            module = self.add(_resolved(path, found[2]), (*importing, path))
            names = (found[1] or "").replace(" as ", ": ")
            return f"const {{{names}}} = {module};" if names.strip() else ""

        source = path.read_text(encoding="utf-8")
        body = _EXPORT.sub("", _IMPORT.sub(bound, source))
        if left := _NOT_TAKEN.search(body):
            raise BundleError(
                f"{path.name} has {left[0].strip()!r}, which the bundle does not take: use"
                ' import { name } from "./module.js"; and export const, function or class'
            )
        name = self.names[path] = f"module{len(self.names)}"
        exported = ", ".join(_EXPORT.findall(source))
        self.parts.append(f"const {name} = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();\n")
        return name


def _resolved(importing: Path, address: str) -> Path:
    """Return the file behind an import: beside the importing one, or an element's module."""
    elements = f"{crowd_elements.STATIC_PATH}/"
    if address.startswith(elements):
        path = crowd_elements.STATIC_DIRECTORY / address.removeprefix(elements)
    else:
        path = importing.parent / address
    if not path.is_file():
        raise BundleError(f"{importing.name} imports {address}, which is no file")
    return path.resolve()
