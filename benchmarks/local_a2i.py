"""Throughput of the local A2I service, and whether calls stay flat as human loops accumulate."""

import json
from itertools import count

from a2i_local.testing import LocalA2I
from benchmarks.measure import Measurement, alternating_medians, median_seconds, seconds
from worker_template import TaskTemplate

FEW = 1_000
MANY = 100_000
TEMPLATE = (
    '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
    '<crowd-form><crowd-input name="answer" label="{{ task.input.text }}"></crowd-input>'
    "</crowd-form>"
)


def measure() -> list[Measurement]:
    """Rates, and the ratio of a page of the list over many loops to one over few."""
    a2i = LocalA2I()
    arn = a2i.create_flow_definition("bench", template=TEMPLATE)
    first = seconds(lambda: _start(a2i, arn, range(FEW)))
    page_of_few = median_seconds(lambda: _list(a2i, arn), 50)
    rest = seconds(lambda: _start(a2i, arn, range(FEW, MANY)))
    page_of_many = median_seconds(lambda: _list(a2i, arn), 50)
    return [
        Measurement(f"starts a second, the first {FEW:,}", FEW / first, "/s"),
        Measurement(f"starts a second, up to {MANY:,}", (MANY - FEW) / rest, "/s"),
        Measurement(f"a page of 100 of {MANY:,} loops", page_of_many * 1000, "ms"),
        Measurement(f"against one of {FEW:,} loops", page_of_many / page_of_few, "times"),
        *_one_review(),
    ]


def _one_review() -> list[Measurement]:
    """Ratios of start and submission to one rendering of the task."""
    a2i = LocalA2I()
    arn = a2i.create_flow_definition("bench", template=TEMPLATE)
    template = TaskTemplate.from_text(TEMPLATE)
    starts, submissions = count(), count()
    start, submission, rendering = alternating_medians(
        [
            lambda: a2i.start(f"loop-{next(starts)}", arn, {"text": "good"}),
            lambda: a2i.submit(f"loop-{next(submissions)}", {"answer": "yes"}),
            lambda: template.render({"text": "good"}, grant_read_access=str),
        ],
        FEW,
    )
    return [
        Measurement(
            "a start until its task is offered against one rendering", start / rendering, "times"
        ),
        Measurement(
            "a submission until output.json is there against the same",
            submission / rendering,
            "times",
        ),
    ]


def _start(a2i: LocalA2I, arn: str, numbers: range) -> None:
    for number in numbers:
        parameters = {
            "HumanLoopName": f"loop-{number}",
            "FlowDefinitionArn": arn,
            "HumanLoopInput": {"InputContent": json.dumps({"text": str(number)})},
        }
        a2i.service.call("StartHumanLoop", parameters, account=a2i.account, region=a2i.region)


def _list(a2i: LocalA2I, arn: str) -> None:
    a2i.service.call(
        "ListHumanLoops",
        {"FlowDefinitionArn": arn, "MaxResults": 100},
        account=a2i.account,
        region=a2i.region,
    )
