"""Sphinx: the pages of docs/, the docstrings, and lists made from the code; see ADR 48.

The source folder is the repository, so that the pages' links are the ones that a reader of the
files follows. `reference_pages` writes what is made from code into build/reference.
"""

import inspect
import re
import sys
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

from docutils.nodes import document
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.util.inspect import stringify_signature

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "docs/site"), str(ROOT), str(ROOT / "lambda_src")]

from reference_pages import write_pages  # noqa: E402 -- found by the line above

project = "a2i-constructs"
release = installed_version(project)
root_doc = "docs/site/index"
include_patterns = [
    "*.md",
    "build/reference/*.md",
    "docs/*.md",
    "docs/**/*.md",
    "examples/*.md",
    "examples/**/*.md",
    "examples/notebooks/*.ipynb",
    "worker_templates/README.md",
]
exclude_patterns = [".venv", "node_modules", "build/docs", "cdk.out", "dist", "tests"]
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]

myst_heading_anchors = 4
nb_execution_mode = "off"  # they deploy: tests run them
default_role = "code"  # docstrings write `code` as Markdown does
autoclass_content = "both"
autodoc_typehints = "signature"
maximum_signature_line_length = 90
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = f"a2i-constructs {release}"
html_copy_source = False
html_show_sphinx = False

_INTRODUCES_CODE = re.compile(r"(?<=[^:]):$")
_PARAMETER = re.compile(r"(\w+): ")


def mark_up(
    _app: Sphinx, _what: str, _name: str, value: Any, _options: Any, lines: list[str]
) -> None:
    """Mark what readers of a docstring see as such: indented code after a colon, parameters."""
    called = value.__init__ if inspect.isclass(value) else value
    parameters = inspect.signature(called).parameters if inspect.isfunction(called) else {}
    marked: list[str] = []
    for index, line in enumerate(lines):
        found = _PARAMETER.match(line)
        code = lines[index + 1 : index + 2] == [""] and _indent(lines, index + 2) > _indent(
            lines, index
        )
        if found and found[1] in parameters:
            inside = bool(marked) and marked[-1].startswith((":param", " "))
            marked += [] if inside else [""]
            marked.append(f":param {line}")
        elif marked and marked[-1].startswith(":param") and line and not line.startswith(" "):
            marked += ["", line]
        else:
            marked.append(_INTRODUCES_CODE.sub("::", line) if code else line)
    lines[:] = marked


def _indent(lines: list[str], index: int) -> int:
    line = lines[index] if index < len(lines) else ""
    return len(line) - len(line.lstrip())


def show_constructor(
    _app: Sphinx, _what: str, _name: str, value: Any, _options: Any, _arguments: str, _returns: str
) -> tuple[str, str] | None:
    """Show a class's own constructor: jsii's metaclass hides it behind `*args`."""
    if not inspect.isclass(value) or not inspect.isfunction(value.__init__):
        return None
    if getattr(value, "_is_protocol", False):
        return "", ""
    signature = inspect.signature(value.__init__)
    arguments = [each for name, each in signature.parameters.items() if name != "self"]
    shown = signature.replace(parameters=arguments, return_annotation=inspect.Signature.empty)
    return stringify_signature(shown, unqualified_typehints=True), ""


def link_folders(app: Sphinx, page: document) -> None:
    """Lead links to folders to their README, as a code host does."""
    for node in page.findall(pending_xref):
        folder = Path(app.env.doc2path(app.env.docname)).parent / str(node["reftarget"])
        if node["reftype"] != "myst" or node["refdomain"] == "doc" or not folder.is_dir():
            continue
        folder = folder.resolve()
        readmes = [app.env.path2doc(str(each / "README.md")) for each in (folder, folder.parent)]
        found = [name for name in readmes if name in app.env.found_docs]
        decisions = "docs/site/decisions"
        target = decisions if folder == ROOT / "docs/adr" else found[0]
        node["refdomain"], node["reftarget"], node["reftargetid"] = "doc", target, None


def setup(app: Sphinx) -> None:
    """Write the generated pages before Sphinx looks for pages; register the hooks above."""
    app.connect("builder-inited", lambda _app: write_pages(ROOT / "build/reference"))
    app.connect("autodoc-process-signature", show_constructor)
    app.connect("doctree-read", link_folders)
    app.connect("autodoc-process-docstring", mark_up, priority=400)  # before Napoleon
