"""Annotations in the log of a GitHub workflow."""


def annotation(kind: str, title: str, text: str, place: str = "") -> str:
    """A workflow command.

    Args:
        kind: `error`, `warning` or `notice`.
        title: Heading of the annotation.
        text: What it says.
        place: Properties that name the file, such as `file=app.py,line=3`. Default: none.
    """
    properties = f"{place}," if place else ""
    return f"::{kind} {properties}title={property_text(title)}::{_text(text)}"


def property_text(text: str) -> str:
    """A value of a property."""
    return _text(text).replace(":", "%3A").replace(",", "%2C")


def _text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
