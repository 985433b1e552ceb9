"""Cost of a stack, from list prices; docs/costs.md has the arithmetic."""

from dataclasses import dataclass
from decimal import Decimal

from a2i_cli.stack_diff.assembly import Assembly
from a2i_cli.stack_diff.flows import BACKEND, Flow, read_flows
from a2i_cli.stack_diff.review_needs import GUARD, backends
from a2i_cli.stack_diff.wording import in_words

# USD a month, us-east-1, without free tiers.
KEY = Decimal("1.00")
RECONCILER = Decimal("0.01")
CLOCK = Decimal("0.05")
DASHBOARD = Decimal("3.00")
ALARM_METRIC = Decimal("0.10")
CUSTOM_METRIC = Decimal("0.30")

THOUSAND_REVIEWS = {"a2i": Decimal("80.03"), "account": Decimal("0.10")}
"""USD for 1,000 reviews of one reviewer each, by backend."""
FURTHER_REVIEWER = {"a2i": Decimal("80.00"), "account": Decimal("0.06")}
"""USD that each further reviewer adds to 1,000 reviews, by backend."""
_NAMESPACE = '"A2IReview"'
_VENDORS_TEAM = "vendor-crowd/"


@dataclass(frozen=True)
class Costs:
    """What a stack costs by its template, in USD.

    Attributes:
        at_rest: A month in which nobody reviews, without storage.
        metrics: Custom metrics of a month in which every flow has reviews.
        reviews: 1,000 reviews, by flow; None where a vendor's team reviews, whose price only the
            vendor knows.
    """

    at_rest: Decimal
    metrics: Decimal
    reviews: tuple[tuple[str, Decimal | None], ...]


def costs(assembly: Assembly) -> Costs:
    """Costs of a stack; keys, alarms and dashboards that exist elsewhere are not the stack's."""
    dashboards = assembly.of_type("AWS::CloudWatch::Dashboard").values()
    alarms = assembly.of_type("AWS::CloudWatch::Alarm").values()
    alarm_metrics = sum(
        sum("MetricStat" in metric for metric in alarm.get("Metrics", ())) or 1 for alarm in alarms
    )
    shown = sum(in_words(each["DashboardBody"]).count(_NAMESPACE) for each in dashboards)
    guards = assembly.of_type(GUARD).values()
    return Costs(
        at_rest=(
            KEY * len(assembly.of_type("AWS::KMS::Key"))
            + RECONCILER * len(guards)  # a runtime has one of each
            + CLOCK * sum("account" in backends(guard) for guard in guards)
            + DASHBOARD * len(dashboards)
            + ALARM_METRIC * alarm_metrics
        ),
        metrics=CUSTOM_METRIC * shown,
        reviews=tuple((name, _reviews(flow)) for name, flow in read_flows(assembly).items()),
    )


def _reviews(flow: Flow) -> Decimal | None:
    if _VENDORS_TEAM in in_words(flow.definition["WorkteamArn"]):
        return None
    backend, reviewers = flow.definition[BACKEND], int(flow.definition.get("TaskCount", 1))
    return THOUSAND_REVIEWS[backend] + FURTHER_REVIEWER[backend] * (reviewers - 1)
