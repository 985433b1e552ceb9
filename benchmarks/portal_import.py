"""Loading of a portal function that shows its first task, compared with boto3 and its clients.

The function loads the template engine and its clients with the first request that needs them.
"""

from functools import partial

from benchmarks.measure import Measurement, alternating_medians, run_python
from benchmarks.starter_import import ENVIRONMENT

ROUNDS = 7
PORTAL = """
import portal.handler, a2i_account.rendering
from a2i_shared import aws_clients
aws_clients.dynamodb(), aws_clients.s3(), aws_clients.sts()
"""
CLIENTS = """
import boto3
for name in ("dynamodb", "s3", "sts"):
    boto3.client(name)
"""


def measure() -> list[Measurement]:
    """The ratio, without the start of Python itself."""
    nothing, portal, clients = alternating_medians(
        [partial(_run, "pass"), start_portal_function, partial(_run, CLIENTS)], ROUNDS
    )
    ratio = (portal - nothing) / (clients - nothing)
    return [
        Measurement(
            "portal function until it shows a task against its clients", ratio, "times", 2.5
        )
    ]


def start_portal_function() -> None:
    """Load, in a process of its own, all that the function needs to show a task."""
    _run(PORTAL)


def _run(code: str) -> None:
    run_python("-c", code, env={**ENVIRONMENT, "POWERTOOLS_SERVICE_NAME": "portal"})
