"""The Liquid text that names a review by its input, checked when the app is synthesized."""

from a2i_constructs.functions.checks import check_length, check_single_line
from worker_template import Severity, TaskTemplate

MAX_REVIEW_TITLE_LENGTH = 255


def check_review_title(text: str) -> None:
    """Refuse a text that is not Liquid, or names reviews by anything but `task.input`.

    Raises:
        ValueError: It is, or it has not 1 to 255 characters in one line.
    """
    check_length("review_title", text, minimum=1, maximum=MAX_REVIEW_TITLE_LENGTH)
    check_single_line("review_title", text)
    template = TaskTemplate.from_text(text)
    for finding in template.check():
        if finding.severity is Severity.ERROR and finding.rule in _ABOUT_LIQUID:
            raise ValueError(f"review_title cannot be {text!r}: {finding.message}")
    inputs = template.inputs()
    if not inputs.required + inputs.optional:
        raise ValueError(
            f"review_title must read task.input, got {text!r}: write a field of the input, such "
            "as {{ task.input.headline }}"
        )


_ABOUT_LIQUID = {"liquid-syntax", "unknown-filter", "partial-template", "unknown-variable"}
