"""`python app.py` against an app with one empty stack: what we add to CDK's own time."""

import json
import os
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from benchmarks.measure import Measurement, alternating_medians, run_python

ROOT = Path(__file__).parents[1]
ROUNDS = 5
EMPTY_APP = """
import json, sys
from pathlib import Path
from aws_cdk import App, CfnResource, Stack
app = App(context=json.loads(Path(sys.argv[1]).read_text())["context"])
CfnResource(Stack(app, "Empty"), "Handle", type="AWS::CloudFormation::WaitConditionHandle")
app.synth()
"""


def measure() -> list[Measurement]:
    """Two ratios: without and with cdk-nag."""
    empty, plain, checked = alternating_medians(
        [
            partial(_synthesise, ["-c", EMPTY_APP, str(ROOT / "cdk.json")], {}),
            partial(_synthesise, ["app.py"], {"a2i.nag": "false"}),
            partial(_synthesise, ["app.py"], {}),
        ],
        ROUNDS,
    )
    return [
        Measurement("app.py without cdk-nag against an empty app", plain / empty, "times", 1.25),
        Measurement("app.py with cdk-nag against an empty app", checked / empty, "times"),
    ]


def _synthesise(arguments: list[str], context: Mapping[str, object]) -> None:
    with tempfile.TemporaryDirectory() as output:
        environment = {**os.environ, "CDK_OUTDIR": output, "CDK_CONTEXT_JSON": json.dumps(context)}
        run_python(*arguments, cwd=ROOT, env=environment)
