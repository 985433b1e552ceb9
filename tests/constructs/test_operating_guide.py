"""docs/operating.md: its tables name every alarm of the stack and every metric of the functions."""

import re
from pathlib import Path

from tests.infra.synthesis import resources

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/operating.md").read_text()
WATCHING = GUIDE.partition("## Watching")[2].partition("\n## ")[0]


def test_every_alarm_is_explained() -> None:
    explained = set(re.findall(r"`(\w+)`", _table_below("| alarm |")))
    alarms = {
        alarm["Metadata"]["aws:cdk:path"].split("/")[-2]
        for alarm in resources("AWS::CloudWatch::Alarm").values()
    }
    assert explained - {"ValidationError"} >= alarms
    assert alarms


def test_every_metric_is_explained() -> None:
    explained = set(re.findall(r"`(\w+)`", _table_below("| metric |")))
    text = "\n".join(path.read_text() for path in (ROOT / "lambda_src").rglob("*.py"))
    counted = set(re.findall(r'(?:count|_?record\w*)\(\s*"(\w+)"', text))
    decided = set(re.findall(r'ReviewDecision\.\w+: "(\w+)"', text))
    ended = {f"Reviews{status}" for status in ("Completed", "Failed", "Expired", "Stopped")}
    assert explained == counted | decided | ended


def _table_below(head: str) -> str:
    return WATCHING.partition(head)[2].partition("\n\n")[0]
