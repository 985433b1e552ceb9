"""Structured logs, metrics as EMF in the log, and tracing that is off unless A2I_TRACING=true.

Metrics carry the flow as their only dimension. Nothing here ever receives content under review.
"""

from __future__ import annotations

import os

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

logger = Logger()


def count(metric: str, *, flow: str, value: float = 1) -> None:
    _emit(metric, MetricUnit.Count, flow, value)


def record_share(metric: str, *, flow: str, share: float) -> None:
    _emit(metric, MetricUnit.Percent, flow, share * 100)


def record_seconds(metric: str, *, flow: str, seconds: float) -> None:
    _emit(metric, MetricUnit.Seconds, flow, seconds)


def _emit(metric: str, unit: MetricUnit, flow: str, value: float) -> None:
    namespace = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "A2IReview")
    with single_metric(name=metric, unit=unit, value=value, namespace=namespace) as emitted:
        emitted.add_dimension(name="flow", value=flow)


def trace_aws_calls() -> None:
    """Have X-Ray show the calls to AWS; its SDK takes longer to import than all the rest."""
    if os.environ.get("A2I_TRACING", "").lower() == "true":
        from aws_lambda_powertools import Tracer  # noqa: PLC0415  # only when asked for

        Tracer()
