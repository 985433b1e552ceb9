"""Tracing is on when it is asked for, and costs nothing when it is not."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.process

SCRIPT = """
import sys
import botocore.client
from a2i_shared import telemetry

telemetry.trace_aws_calls()
print(type(botocore.client.BaseClient._make_api_call).__name__, "aws_xray_sdk" in sys.modules)
"""


@pytest.mark.parametrize(
    ("setting", "calls"),
    [("true", "BoundFunctionWrapper True"), ("", "function False"), ("false", "function False")],
)
def test_calls_to_aws_are_traced_where_the_environment_says_so(setting: str, calls: str) -> None:
    # Powertools traces in Lambda only, which it knows by this variable.
    environment = {**os.environ, "A2I_TRACING": setting, "LAMBDA_TASK_ROOT": "/var/task"}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)

    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == calls
