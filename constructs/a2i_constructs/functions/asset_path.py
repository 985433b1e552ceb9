"""Where the files are that the library deploys: in the wheel, or at the repository's root."""

from pathlib import Path

_PACKAGED = Path(__file__).parents[1] / "_assets"
_REPOSITORY = Path(__file__).parents[3]


def asset_path(folder: str) -> str:
    """The absolute path of a folder of assets, whatever the current directory is.

    Raises FileNotFoundError when the installation lacks the folder.
    """
    root = _PACKAGED if _PACKAGED.is_dir() else _REPOSITORY
    path = root / folder
    if not path.is_dir():
        raise FileNotFoundError(
            f"asset folder {folder!r} is missing below {root}: reinstall a2i-constructs"
        )
    return str(path)
