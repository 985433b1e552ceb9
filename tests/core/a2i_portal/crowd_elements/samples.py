"""One sample of every crowd element that answers: docs/templates.md's table is made of it."""

import json
from dataclasses import dataclass
from typing import Any

IMAGE = "/_a2i/s3/image"
SIZE = {"height": 300, "width": 400}
VERTICES = [{"x": 40, "y": 30}, {"x": 140, "y": 30}, {"x": 90, "y": 120}]
BLOCK = {"blockType": "WORD", "id": "1", "text": "Total"}
TEXTRACT = "AWS/Textract/AnalyzeDocument/Forms/V1"
REKOGNITION = "AWS/Rekognition/DetectModerationLabels/Image/V3"


@dataclass(frozen=True)
class Sample:
    """An element with what its `answer` is when nothing is touched, and what answers it."""

    tag: str
    answer: dict[str, Any]
    by_pointer: str
    by_keyboard: str
    attributes: str = ""
    content: str = ""
    initial: Any = None

    @property
    def html(self) -> str:
        """The element with its proposal."""
        initial = ""
        if self.initial is not None:
            value = self.initial if isinstance(self.initial, str) else json.dumps(self.initial)
            initial = f' initial-value="{value.replace(chr(34), "&quot;")}"'
        name = "" if self.tag in ("crowd-textract-analyze-document", MODERATION) else ' name="f"'
        return f"<{self.tag}{name} {self.attributes}{initial}>{self.content}</{self.tag}>"


MODERATION = "crowd-rekognition-detect-moderation-labels"
ON_IMAGE = f'src="{IMAGE}" header="Find them" labels="[\'Cat\', \'Dog\']"'
CATEGORIES = "header=\"Which?\" categories=\"['Yes', 'No']\""
TARGET = "<classification-target>A text</classification-target>"


def shapes(key: str, item: dict[str, Any]) -> dict[str, Any]:
    return {
        "f": {key: [item], "inputImageProperties": SIZE, "initialValueModified": False},
    }


def drawn(tag: str, key: str, item: dict[str, Any], pointer: str, keyboard: str) -> Sample:
    return Sample(tag, shapes(key, item), pointer, keyboard, ON_IMAGE, initial=[item])


BOX = {"height": 60, "label": "Cat", "left": 40, "top": 30, "width": 100}
PATH = {"label": "Cat", "vertices": VERTICES}
EDIT = "A adds, arrows move, label keys label"
CORNERS = "A adds, Tab to a point, arrows move, I inserts"
PAINT = "space bar paints, arrows move"

SAMPLES = (
    drawn("crowd-bounding-box", "boundingBoxes", BOX, "drag", f"{EDIT}, Ctrl+arrows resize"),
    Sample(
        "crowd-checkbox", {"f": {"on": True}}, "click", "space bar", "checked", content="Agreed"
    ),
    Sample(
        "crowd-classifier",
        {"f": {"label": "No"}},
        "click",
        "the category's key",
        CATEGORIES,
        TARGET,
        "No",
    ),
    Sample(
        "crowd-classifier-multi-select",
        {"f": {"labels": ["No"]}},
        "click",
        "the category's key",
        CATEGORIES,
        TARGET,
        ["No"],
    ),
    Sample(
        "crowd-entity-annotation",
        {"f": {"entities": [{"endOffset": 5, "label": "Cat", "startOffset": 0}]}},
        "select text",
        "arrows select, label keys label",
        'header="Find them" text="Felix sleeps" labels="[\'Cat\', \'Dog\']"',
        initial=[{"label": "Cat", "startOffset": 0, "endOffset": 5}],
    ),
    Sample(
        "crowd-image-classifier",
        {"f": {"label": "No"}},
        "click",
        "the category's key",
        f'src="{IMAGE}" {CATEGORIES}',
        "<worker-comment>Say why</worker-comment>",
        "No",
    ),
    Sample(
        "crowd-image-classifier-multi-select",
        {"f": {"labels": ["No"]}},
        "click",
        "the category's key",
        f'src="{IMAGE}" {CATEGORIES}',
        initial=["No"],
    ),
    Sample("crowd-input", {"f": "text"}, "type", "type", 'label="Name" value="text"'),
    Sample(
        "crowd-instance-segmentation",
        {
            "f": {
                "inputImageProperties": SIZE,
                "instances": [{"color": "#d62728", "label": "Cat"}],
                "labeledImage": {"pngImageData": "iVBORw0…"},
                "initialValueModified": False,
            }
        },
        "label, then brush, eraser or polygon",
        PAINT,
        ON_IMAGE,
        initial={"src": IMAGE, "instances": [{"color": "#d62728", "label": "Cat"}]},
    ),
    drawn("crowd-keypoint", "keypoints", {"label": "Cat", "x": 12, "y": 99}, "click", EDIT),
    drawn(
        "crowd-line",
        "lines",
        {"label": "Cat", "vertices": VERTICES[:2]},
        "drag",
        "A adds, Tab to an end, arrows move",
    ),
    drawn("crowd-polygon", "polygons", PATH, "click each corner", CORNERS),
    drawn("crowd-polyline", "polylines", PATH, "click each point", CORNERS),
    Sample(
        "crowd-radio-button", {"f": {"on": True}}, "click", "arrows", "checked", content="This one"
    ),
    Sample(
        MODERATION,
        {REKOGNITION: {"moderationLabels": []}},
        "click",
        "the category's key",
        f'src="{IMAGE}" {CATEGORIES}',
    ),
    Sample(
        "crowd-semantic-segmentation",
        {
            "f": {
                "inputImageProperties": SIZE,
                "labelMappings": {"Cat": {"color": "#d62728"}, "Dog": {"color": "#1f77b4"}},
                "labeledImage": {"pngImageData": "iVBORw0…"},
                "initialValueModified": False,
            }
        },
        "brush, eraser or polygon",
        PAINT,
        ON_IMAGE,
        initial={
            "src": IMAGE,
            "labelMappings": {"Cat": {"color": "#d62728"}, "Dog": {"color": "#1f77b4"}},
        },
    ),
    Sample("crowd-slider", {"f": 30}, "drag", "arrows", 'min="0" max="50" value="30"'),
    Sample("crowd-text-area", {"f": "text"}, "type", "type", 'label="Why" value="text"'),
    Sample(
        "crowd-textract-analyze-document",
        {TEXTRACT: {"blocks": [BLOCK]}},
        "write in fields, drag boxes",
        "Tab, arrows move boxes, A adds a field",
        f'src="{IMAGE}" header="Check it"',
        initial=[BLOCK],
    ),
    Sample(
        "crowd-toggle-button", {"f": {"on": True}}, "click", "space bar", "checked", content="On"
    ),
)
