"""Real changes of our stack, synthesized; run as a module, it writes the expected reports anew."""

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from aws_cdk import App

from a2i_cli.stack_diff.assembly import NOTHING, read_assembly
from a2i_cli.stack_diff.markdown import as_markdown
from a2i_cli.stack_diff.report import StackDiff, compare_stacks
from infra.review_app import define_stack
from tests.infra.synthesis import context

REPORTS = Path(__file__).with_name("reports")
KEY = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f"
FORMER_KEY = "arn:aws:kms:eu-west-1:111122223333:key/4c220b74-4c22-4c22-4c22-4c220b744c22"
_FLOW = context()["a2i"]["flows"][0]
STACKS: dict[str, dict[str, Any]] = {
    "default": {},
    "title": {"flows__0__title": "Judge the sentiment of a text"},
    "template": {"flows__0__template": "text_classification"},
    "count": {"flows__0__taskCount": 3},
    "team mode": {"workforce__mode": "adopt", "workforce__name": "ours"},
    "key": {"data__kmsKeyArn": KEY},
    "key with the former one named": {
        "data__kmsKeyArn": KEY,
        "data__formerKmsKeyArns": [FORMER_KEY],
    },
    "two flows": {"flows": [_FLOW, {**_FLOW, "name": "tone"}]},
    "condition": {"flows__0__reviewWhen": {"always": {}}},
    "account": {"backend__mode": "account"},
    "account, other template": {
        "backend__mode": "account",
        "flows__0__template": "text_classification",
    },
    "account, A2I drains": {"backend__mode": "account", "backend__drain": ["a2i"]},
}
CHANGES = {
    "title": ("default", "title"),
    "template": ("default", "template"),
    "count": ("default", "count"),
    "team mode": ("default", "team mode"),
    "key": ("default", "key"),
    "new flow": ("default", "two flows"),
    "removed flow": ("two flows", "default"),
    "condition": ("default", "condition"),
}


@cache
def synthesized(name: str) -> str:
    """The cloud assembly of one of the stacks, or what stands for none."""
    if name == NOTHING:
        return NOTHING
    folder = tempfile.mkdtemp(prefix="cdk.out.")
    app = App(context=context(**STACKS[name]), outdir=folder)
    define_stack(app)
    app.synth()
    return folder


@cache
def compared(old: str, new: str) -> StackDiff:
    """The report on the change from one stack to another."""
    return compare_stacks(read_assembly(synthesized(old)), read_assembly(synthesized(new)))


def expected(change: str) -> Path:
    """The file of an expected report."""
    return REPORTS / f"{change.replace(' ', '_')}.md"


if __name__ == "__main__":
    for change, (old, new) in CHANGES.items():
        expected(change).write_text(as_markdown(compared(old, new)), encoding="utf-8")
