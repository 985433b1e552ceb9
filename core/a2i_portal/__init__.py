"""The reviewers' portal without its host: pages, crowd elements, task documents, headers."""

from pathlib import Path

PAGES = Path(__file__).parent / "pages"
"""Page, modules and style sheet of the portal."""
