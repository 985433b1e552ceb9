"""Lets CloudFormation make alarms on metric math, which MiniStack's engine refuses.

Such an alarm can be described and deleted, but is never evaluated: it stays at INSUFFICIENT_DATA.
"""

from typing import Any

from ministack.services.cloudformation import provisioners

from a2i_local.host.adapter.resource_model import Properties

_NO_METRIC = {"MetricName": "-", "Namespace": "-"}


def accept_math_alarms() -> None:
    """Replace the engine's reading of an alarm's properties by one that knows `Metrics`."""
    read = provisioners._cw_metric_alarm_record

    def record(name: str, properties: Properties) -> dict[str, Any]:
        metrics = properties.get("Metrics")
        if not metrics:
            alarm: dict[str, Any] = read(name, properties)
            return alarm
        rest = {key: value for key, value in properties.items() if key != "Metrics"}
        return {
            **read(name, rest | _NO_METRIC),
            "MetricName": None,
            "Namespace": None,
            "Metrics": metrics,
        }

    provisioners._cw_metric_alarm_record = record
