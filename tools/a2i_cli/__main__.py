"""Start of the `a2i` command: says in one line what to install where its packages are missing."""

import sys

_EXTRA = "pip install 'a2i-constructs[cli]'"


def main() -> None:
    """Run the command line and end the process."""
    try:
        from a2i_cli.main import app  # noqa: PLC0415 -- what may be missing
    except ModuleNotFoundError as error:
        package = str(error.name).partition(".")[0]
        sys.exit(f"error: {package} is not installed: {_EXTRA}")
    app()


if __name__ == "__main__":
    main()
