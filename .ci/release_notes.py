"""Prints what CHANGELOG.md says of the release of a tag; ends with one line where that is wrong.

    python .ci/release_notes.py v1.2.3

The tag's version needs a section with entries, and Unreleased must be empty.
"""

import re
import sys
from pathlib import Path

CHANGELOG = Path("CHANGELOG.md")
_TAG = re.compile(r"v(\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?)")
_HEADING = re.compile(r"^## \[(.+?)\].*\n", re.MULTILINE)


def main(tag: str) -> str:
    """Return the notes of the tag's version; SystemExit says what is wrong."""
    version = _TAG.fullmatch(tag)
    if version is None:
        sys.exit(f"the tag must be like v1.2.3 or v1.2.3rc1, got {tag!r}")
    _, *parts = _HEADING.split(CHANGELOG.read_text(encoding="utf-8"))
    sections = {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}
    if not sections.get(version[1]):
        sys.exit(
            f"CHANGELOG.md has no entries below '## [{version[1]}]': move them from Unreleased"
        )
    if sections.get("Unreleased"):
        sys.exit(f"CHANGELOG.md has entries below Unreleased: move them to {version[1]}")
    return sections[version[1]]


if __name__ == "__main__":
    print(main(*sys.argv[1:]))
