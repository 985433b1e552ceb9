"""One sample of every crowd element that answers: docs/templates.md's table is made of it."""

import json
import re
from dataclasses import dataclass, replace
from typing import Any

IMAGE = "/_a2i/s3/image"
SIZE = {"height": 300, "width": 400}
VERTICES = [{"x": 40, "y": 30}, {"x": 140, "y": 30}, {"x": 90, "y": 120}]
BLOCK = {"blockType": "WORD", "id": "1", "text": "Total"}
TEXTRACT = "AWS/Textract/AnalyzeDocument/Forms/V1"
REKOGNITION = "AWS/Rekognition/DetectModerationLabels/Image/V3"


@dataclass(frozen=True)
class Sample:
    """An element with what its `answer` is when nothing is touched, and what answers it.

    `keys`, on an element without a proposal, are answered with `keyed`.
    """

    tag: str
    answer: dict[str, Any]
    by_pointer: str
    by_keyboard: str
    keys: str
    keyed: dict[str, Any]
    attributes: str = ""
    content: str = ""
    initial: Any = None

    @property
    def html_to_fill(self) -> str:
        """The element without a proposal."""
        attributes = re.sub(r'checked|value="[^"]*"', "", self.attributes)
        return replace(self, attributes=attributes, initial=None).html

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


def drawn(
    tag: str,
    key: str,
    item: dict[str, Any],
    *,
    pointer: str,
    keyboard: str,
    keys: str,
    keyed: dict[str, Any],
) -> Sample:
    """A tool on an image, with the item of its proposal, and the one that `keys` draw."""
    size = {"inputImageProperties": SIZE}
    answer = {"f": {key: [item], **size, "initialValueModified": False}}
    return Sample(
        tag,
        answer,
        pointer,
        keyboard,
        keys,
        {"f": {key: [keyed], **size}},
        ON_IMAGE,
        initial=[item],
    )


def path(*points: tuple[int, int]) -> dict[str, Any]:
    return {"label": "Cat", "vertices": [{"x": x, "y": y} for x, y in points]}


BOX = {"height": 60, "label": "Cat", "left": 40, "top": 30, "width": 100}
PATH = {"label": "Cat", "vertices": VERTICES}
EDIT = "A adds, arrows move, label keys label"
CORNERS = "A adds, Tab to a point, arrows move, I inserts"
PAINT = "B to the image, space bar paints, arrows move"

SAMPLES = (
    drawn(
        "crowd-bounding-box",
        "boundingBoxes",
        BOX,
        pointer="drag",
        keyboard=f"{EDIT}, Ctrl+arrows resize",
        keys="2 a ArrowLeft Control+Shift+ArrowDown",
        keyed={"height": 85, "label": "Dog", "left": 149, "top": 113, "width": 100},
    ),
    Sample(
        "crowd-checkbox",
        {"f": {"on": True}},
        "click",
        "space bar",
        "Tab Space",
        {"f": {"on": True}},
        "checked",
        content="Agreed",
    ),
    Sample(
        "crowd-classifier",
        {"f": {"label": "No"}},
        "click",
        "the category's key",
        "1",
        {"f": {"label": "Yes"}},
        CATEGORIES,
        TARGET,
        "No",
    ),
    Sample(
        "crowd-classifier-multi-select",
        {"f": {"labels": ["No"]}},
        "click",
        "the category's key",
        "1 2",
        {"f": {"labels": ["Yes", "No"]}},
        CATEGORIES,
        TARGET,
        ["No"],
    ),
    Sample(
        "crowd-entity-annotation",
        {"f": {"entities": [{"endOffset": 5, "label": "Cat", "startOffset": 0}]}},
        "select text",
        "arrows select, label keys label",
        "Tab ArrowRight Shift+ArrowRight 2",
        {"f": {"entities": [{"endOffset": 12, "label": "Dog", "startOffset": 0}]}},
        'header="Find them" text="Felix sleeps" labels="[\'Cat\', \'Dog\']"',
        initial=[{"label": "Cat", "startOffset": 0, "endOffset": 5}],
    ),
    Sample(
        "crowd-image-classifier",
        {"f": {"label": "No"}},
        "click",
        "the category's key",
        "1",
        {"f": {"label": "Yes"}},
        f'src="{IMAGE}" {CATEGORIES}',
        "<worker-comment>Say why</worker-comment>",
        "No",
    ),
    Sample(
        "crowd-image-classifier-multi-select",
        {"f": {"labels": ["No"]}},
        "click",
        "the category's key",
        "1 2",
        {"f": {"labels": ["Yes", "No"]}},
        f'src="{IMAGE}" {CATEGORIES}',
        initial=["No"],
    ),
    Sample(
        "crowd-input",
        {"f": "text"},
        "type",
        "type",
        "Tab o k",
        {"f": "ok"},
        'label="Name" value="text"',
    ),
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
        "2 b Space Shift+ArrowRight Space",
        {
            "f": {
                "inputImageProperties": SIZE,
                "instances": [{"color": "#2ca02c", "label": "Dog"}],
                "labeledImage": {"pngImageData": "iVBORw0…"},
            }
        },
        ON_IMAGE,
        initial={"src": IMAGE, "instances": [{"color": "#d62728", "label": "Cat"}]},
    ),
    drawn(
        "crowd-keypoint",
        "keypoints",
        {"label": "Cat", "x": 12, "y": 99},
        pointer="click",
        keyboard=EDIT,
        keys="2 a ArrowLeft Shift+ArrowDown",
        keyed={"label": "Dog", "x": 199, "y": 160},
    ),
    drawn(
        "crowd-line",
        "lines",
        {"label": "Cat", "vertices": VERTICES[:2]},
        pointer="drag",
        keyboard="A adds, Tab to an end, arrows move",
        keys="a Tab Tab Shift+ArrowUp",
        keyed=path((150, 150), (250, 140)),
    ),
    drawn(
        "crowd-polygon",
        "polygons",
        PATH,
        pointer="click each corner",
        keyboard=CORNERS,
        keys="a Tab i ArrowUp",
        keyed=path((150, 188), (175, 150), (200, 113), (250, 188)),
    ),
    drawn(
        "crowd-polyline",
        "polylines",
        PATH,
        pointer="click each point",
        keyboard=CORNERS,
        keys="a Tab i ArrowUp",
        keyed=path((150, 150), (175, 131), (200, 113), (250, 150)),
    ),
    Sample(
        "crowd-radio-button",
        {"f": {"on": True}},
        "click",
        "arrows",
        "Tab Space",
        {"f": {"on": True}},
        "checked",
        content="This one",
    ),
    Sample(
        MODERATION,
        {REKOGNITION: {"moderationLabels": []}},
        "click",
        "the category's key",
        "1",
        {REKOGNITION: {"moderationLabels": ["Yes"]}},
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
        "2 b Space Shift+ArrowRight Space",
        {
            "f": {
                "inputImageProperties": SIZE,
                "labelMappings": {"Cat": {"color": "#2ca02c"}, "Dog": {"color": "#1f77b4"}},
                "labeledImage": {"pngImageData": "iVBORw0…"},
            }
        },
        ON_IMAGE,
        initial={
            "src": IMAGE,
            "labelMappings": {"Cat": {"color": "#d62728"}, "Dog": {"color": "#1f77b4"}},
        },
    ),
    Sample(
        "crowd-slider",
        {"f": 30},
        "drag",
        "arrows",
        "Tab ArrowRight ArrowRight",
        {"f": 2},
        'min="0" max="50" value="30"',
    ),
    Sample(
        "crowd-text-area",
        {"f": "text"},
        "type",
        "type",
        "Tab o Enter k",
        {"f": "o\nk"},
        'label="Why" value="text"',
    ),
    Sample(
        "crowd-textract-analyze-document",
        {TEXTRACT: {"blocks": [BLOCK]}},
        "write in fields, drag boxes",
        "Tab, arrows move boxes, A adds a field",
        "a S Tab",
        {
            TEXTRACT: {
                "blocks": [
                    {
                        "blockType": "KEY_VALUE_SET",
                        "id": "…",
                        "entityTypes": ["KEY"],
                        "relationships": [
                            {"type": "VALUE", "ids": ["…"]},
                            {"type": "CHILD", "ids": ["…"]},
                        ],
                        "geometry": "…",
                    },
                    {
                        "blockType": "KEY_VALUE_SET",
                        "id": "…",
                        "entityTypes": ["VALUE"],
                        "relationships": [],
                        "geometry": "…",
                    },
                    {"blockType": "WORD", "id": "…", "text": "S", "geometry": "…"},
                ]
            }
        },
        f'src="{IMAGE}" header="Check it"',
        initial=[BLOCK],
    ),
    Sample(
        "crowd-toggle-button",
        {"f": {"on": True}},
        "click",
        "space bar",
        "Tab Space",
        {"f": {"on": True}},
        "checked",
        content="On",
    ),
)
