"""Synthesis time of app.py compared with an app of one empty stack.

Two more rows say how much of that any app with this template pays: the same resources written down
as plain `CfnResource`, which is the least that CDK can synthesize them in, and the import of the
CDK modules that they need.
"""

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from benchmarks.measure import Measurement, alternating_medians, run_python

ROOT = Path(__file__).parents[1]
TEMPLATE = "HumanReview.template.json"
ROUNDS = 5
EMPTY_APP = """
import json, sys
from pathlib import Path
from aws_cdk import App, CfnResource, Stack
app = App(context=json.loads(Path(sys.argv[1]).read_text())["context"])
CfnResource(Stack(app, "Empty"), "Handle", type="AWS::CloudFormation::WaitConditionHandle")
app.synth()
"""
PLAIN_RESOURCES_APP = """
import json, sys
from pathlib import Path
from aws_cdk import App, CfnResource, Stack
app = App(context=json.loads(Path(sys.argv[1]).read_text())["context"])
stack = Stack(app, "HumanReview")
for name, resource in json.loads(Path(sys.argv[2]).read_text())["Resources"].items():
    plain = CfnResource(
        stack, name, type=resource["Type"], properties=resource.get("Properties", {})
    )
    plain.override_logical_id(name)
app.synth()
"""
MODULES = [
    "cognito",
    "cloudwatch_actions",
    "dynamodb",
    "events_targets",
    "kms",
    "lambda",
    "lambda_event_sources",
    "logs",
    "s3",
    "sagemaker",
    "sns",
    "sqs",
    "ssm",
]
IMPORTS_APP = EMPTY_APP + "\n".join(f"import aws_cdk.aws_{module}" for module in MODULES)


def measure() -> list[Measurement]:
    """Ratios to the empty app: ours, ours with cdk-nag, and the two that no app can avoid."""
    settings = str(ROOT / "cdk.json")
    with tempfile.TemporaryDirectory() as kept:
        _synthesize(["app.py"], {}, output=kept)
        template = str(Path(kept, TEMPLATE))
        empty, ours, checked, plain, imports = alternating_medians(
            [
                partial(_synthesize, ["-c", EMPTY_APP, settings]),
                partial(_synthesize, ["app.py"], {"a2i.nag": "false"}),
                partial(_synthesize, ["app.py"]),
                partial(_synthesize, ["-c", PLAIN_RESOURCES_APP, settings, template]),
                partial(_synthesize, ["-c", IMPORTS_APP, settings]),
            ],
            ROUNDS,
        )
    return [
        Measurement("app.py without cdk-nag against an empty app", ours / empty, "times", 1.7),
        Measurement("app.py with cdk-nag against an empty app", checked / empty, "times"),
        Measurement("its resources as plain CfnResource against it", plain / empty, "times"),
        Measurement("an empty app that imports its modules against it", imports / empty, "times"),
    ]


def _synthesize(
    arguments: Sequence[str],
    context: Mapping[str, object] | None = None,
    *,
    output: str | None = None,
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        environment = {
            **os.environ,
            "CDK_OUTDIR": output or scratch,
            "CDK_CONTEXT_JSON": json.dumps(context or {}),
        }
        run_python(*arguments, cwd=ROOT, env=environment)
