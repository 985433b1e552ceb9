"""The code asset of the bundled Lambda functions."""

import atexit
import re
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

from aws_cdk import aws_lambda as lambda_

import a2i_core
import a2i_portal
import worker_template
from a2i_portal.bundle import write_bundle

_PACKAGED = Path(__file__).parents[1] / "_assets"
_REPOSITORY = Path(__file__).parents[3]
_NOT_DEPLOYED = shutil.ignore_patterns("__pycache__", "*.pyc")
# The engine of the templates and what it imports; all of it runs as plain Python.
_RENDERING = (
    "python-liquid",
    "babel",
    "importlib-resources",
    "markupsafe",
    "python-dateutil",
    "pytz",
    "six",
)
# Compiled files fit one machine alone; Babel's and pytz's data is for filters that A2I has not.
_NOT_RENDERING = re.compile(r"(babel/locale-data|pytz/zoneinfo)/.*|.*[.](so|pyd|pyc|pyi|c)")


def function_code() -> lambda_.Code:
    """One asset for all functions: every folder of `lambda_src`, and `a2i_core` beside them.

    Its hash depends on the files' names and contents only.
    """
    return lambda_.Code.from_asset(str(_staged_folder()))


def rendering_code() -> lambda_.Code:
    """The asset of the functions that render templates: `worker_template` and its engine too.

    The portal's page and elements are in it as one script each. The engine comes from the Python
    that synthesizes, in the version that requirements.txt pins.
    """
    return lambda_.Code.from_asset(str(_rendering_folder()))


@cache
def _rendering_folder() -> Path:
    folder = _temporary_folder()
    shutil.copytree(_staged_folder(), folder, dirs_exist_ok=True)
    package = Path(worker_template.__file__).parent
    # `ready` are the templates of the wheel: functions get theirs from the table.
    shutil.copytree(
        package,
        folder / package.name,
        ignore=shutil.ignore_patterns("__pycache__", "*.pyc", "ready"),
    )
    portal = folder / a2i_portal.__name__
    shutil.copytree(Path(a2i_portal.__file__).parent, portal, ignore=_not_as_modules)
    write_bundle(portal / "bundle")
    for name in _RENDERING:
        for source, target in _files_of(name):
            (folder / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / target)
    return folder


def _not_as_modules(_: str, names: list[str]) -> set[str]:
    """Leave out what the bundle holds; each task's document holds the script that stays."""
    bundled = {name for name in names if name.endswith((".js", ".css", ".html"))}
    return (bundled - {"closed_channels.js"}) | set(_NOT_DEPLOYED("", names))


def _files_of(distribution: str) -> Iterator[tuple[Path, Path]]:
    """Yield the modules and data of an installed distribution, and where they belong.

    Metadata is left out: it tells how and where the distribution was installed.
    """
    for file in metadata.files(distribution) or ():
        inside = Path(str(file))
        is_module = ".." not in inside.parts and not inside.parts[0].endswith(".dist-info")
        if is_module and not _NOT_RENDERING.fullmatch(inside.as_posix()):
            yield Path(str(file.locate())), inside


@cache
def _staged_folder() -> Path:
    """CDK copies the folder into the cloud assembly; this copy goes when the process ends."""
    folder = _temporary_folder()
    shutil.copytree(asset_path("lambda_src"), folder, ignore=_NOT_DEPLOYED, dirs_exist_ok=True)
    shutil.copytree(
        Path(a2i_core.__file__).parent, folder / a2i_core.__name__, ignore=_NOT_DEPLOYED
    )
    return folder


def _temporary_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="a2i-functions-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def asset_path(folder: str) -> str:
    """Absolute path of a folder that the library deploys, in the wheel or in the repository.

    Raises:
        FileNotFoundError: The installation lacks the folder.
    """
    root = _PACKAGED if _PACKAGED.is_dir() else _REPOSITORY
    path = root / folder
    if not path.is_dir():
        raise FileNotFoundError(
            f"asset folder {folder!r} is missing below {root}: reinstall a2i-constructs"
        )
    return str(path)
