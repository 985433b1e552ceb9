"""The crowd HTML elements that AWS documents, as far as checks and answers need them."""

from dataclasses import dataclass

IMAGE_LABELLING = ("labels", "src")


@dataclass(frozen=True, slots=True)
class Widget:
    """An element that is a whole task: what it must have besides name and header."""

    required: tuple[str, ...]
    has_instructions: bool = True
    needs_target: bool = False
    fixed_answer_key: str | None = None


WIDGETS: dict[str, Widget] = {
    "crowd-bounding-box": Widget(IMAGE_LABELLING),
    "crowd-classifier": Widget(("categories",), needs_target=True),
    "crowd-classifier-multi-select": Widget(("categories",), needs_target=True),
    "crowd-entity-annotation": Widget(("labels", "text")),
    "crowd-image-classifier": Widget(("categories", "src")),
    "crowd-image-classifier-multi-select": Widget(("categories", "src")),
    "crowd-instance-segmentation": Widget(IMAGE_LABELLING),
    "crowd-keypoint": Widget(IMAGE_LABELLING),
    "crowd-line": Widget(IMAGE_LABELLING),
    "crowd-polygon": Widget(IMAGE_LABELLING),
    "crowd-polyline": Widget(IMAGE_LABELLING),
    "crowd-rekognition-detect-moderation-labels": Widget(
        ("categories", "src"),
        fixed_answer_key="AWS/Rekognition/DetectModerationLabels/Image/V3",
    ),
    "crowd-semantic-segmentation": Widget(IMAGE_LABELLING),
    "crowd-textract-analyze-document": Widget(
        ("initial-value", "src"),
        fixed_answer_key="AWS/Textract/AnalyzeDocument/Forms/V1",
    ),
}

TEXT_CONTROLS = frozenset({"crowd-input", "crowd-slider", "crowd-text-area"})
CHOICE_CONTROLS = frozenset({"crowd-checkbox", "crowd-radio-button", "crowd-toggle-button"})
NAMED_CROWD_CONTROLS = (
    TEXT_CONTROLS
    | CHOICE_CONTROLS
    | {tag for tag, widget in WIDGETS.items() if widget.fixed_answer_key is None}
)
"""Crowd elements whose answer stands under their `name`."""

WITHOUT_ANSWER = frozenset(
    {
        *("crowd-alert", "crowd-badge", "crowd-button", "crowd-card", "crowd-fab", "crowd-form"),
        *("crowd-icon-button", "crowd-instructions", "crowd-modal", "crowd-radio-group"),
        *("crowd-tab", "crowd-tabs", "crowd-toast"),
    }
)
DOCUMENTED = WITHOUT_ANSWER | NAMED_CROWD_CONTROLS | frozenset(WIDGETS)

HTML_CONTROLS = frozenset({"input", "select", "textarea"})
CUSTOM_CONTROL = "object-value-input"
"""A custom element of this name takes part in crowd-form with its `value` object."""

# Types of a plain input that put nothing into an answer; a file does not fit into JSON.
_WITHOUT_VALUE = frozenset({"button", "file", "image", "reset", "submit"})
_CHOICE_TYPES = frozenset({"checkbox", "radio"})

LITERAL_ATTRIBUTES = frozenset(
    {"block-types", "categories", "exclusion-category", "keys", "label-colors", "labels"}
)
"""Attributes that crowd elements read as a JavaScript literal."""

MAX_BOUNDING_BOX_LABELS = 10


def is_undocumented(tag: str) -> bool:
    """Return whether an element looks like one of Amazon's, documented or not."""
    return tag.startswith("crowd-") and tag not in DOCUMENTED


def is_html_answer(tag: str, type_: str | None) -> bool:
    """Return whether a plain HTML control submits a value."""
    return tag in HTML_CONTROLS and (type_ or "").lower() not in _WITHOUT_VALUE


def is_choice(tag: str, type_: str | None) -> bool:
    """Return whether several controls may share a name, each with its own value."""
    return tag in CHOICE_CONTROLS or (tag == "input" and (type_ or "").lower() in _CHOICE_TYPES)
