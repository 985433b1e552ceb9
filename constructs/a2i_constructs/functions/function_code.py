"""The code asset of the bundled Lambda functions."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from aws_cdk import aws_lambda as lambda_

import a2i_core

_PACKAGED = Path(__file__).parents[1] / "_assets"
_REPOSITORY = Path(__file__).parents[3]
_NOT_DEPLOYED = shutil.ignore_patterns("__pycache__", "*.pyc")


def function_code() -> lambda_.Code:
    """One asset for all functions: every folder of `lambda_src`, and `a2i_core` beside them.

    Its hash depends on the files' names and contents only.
    """
    return lambda_.Code.from_asset(str(_staged_folder()))


@cache
def _staged_folder() -> Path:
    """CDK copies the folder into the cloud assembly; this copy goes when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="a2i-functions-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copytree(asset_path("lambda_src"), folder, ignore=_NOT_DEPLOYED, dirs_exist_ok=True)
    shutil.copytree(
        Path(a2i_core.__file__).parent, folder / a2i_core.__name__, ignore=_NOT_DEPLOYED
    )
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
