"""Costs that the report tells, and the page that explains them."""

from decimal import Decimal

import pytest

from a2i_cli.stack_diff import costs as prices
from a2i_cli.stack_diff.assembly import NOTHING, Assembly, read_assembly
from a2i_cli.stack_diff.costs import Costs, costs
from a2i_cli.stack_diff.markdown import as_markdown
from tests.infra.synthesis import ROOT
from tests.tools.a2i_cli.stack_diff.changes import CHANGES, compared, synthesized

PAGE = (ROOT / "docs/costs.md").read_text(encoding="utf-8")
BACKENDS = {"a2i": "default", "account": "account"}


def _column(heading: str, backend: str) -> dict[str, str]:
    """What a backend costs by the page's table below a heading, row by row; its sum is last."""
    table = PAGE.partition(f"## {heading}\n")[2].partition("\n\n")[0].splitlines()
    cells = [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in table]
    column = cells[0].index(f"`{backend}`")
    return {row[0]: row[column] for row in cells[2:]}


def _costs(stack: str) -> Costs:
    return costs(read_assembly(synthesized(stack)))


@pytest.mark.process
@pytest.mark.xdist_group("stack diff")
@pytest.mark.parametrize("backend", BACKENDS)
def test_the_page_has_the_figures_of_the_report(backend: str) -> None:
    at_rest, found = _column("At rest, a month", backend), _costs(BACKENDS[backend])
    assert at_rest["key"] == str(prices.KEY)
    assert at_rest["reconciler"] == str(prices.RECONCILER)
    assert at_rest["dashboard"] == str(prices.DASHBOARD)
    assert at_rest["clock"] == ("" if backend == "a2i" else str(prices.CLOCK))
    assert at_rest["sum, as `cdk.json` has it"] == str(found.at_rest)
    assert _column("Per 1,000 reviews", backend)["sum"] == str(dict(found.reviews)["sentiment"])
    assert (
        f"13 custom metrics \N{MULTIPLICATION SIGN} {prices.CUSTOM_METRIC}: {found.metrics}" in PAGE
    )
    added = _costs("two flows").at_rest - _costs("default").at_rest
    assert f"6 metrics: {added}" in PAGE


@pytest.mark.parametrize("heading", ["At rest, a month", "Per 1,000 reviews"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_the_page_adds_up(heading: str, backend: str) -> None:
    *parts, total = _column(heading, backend).values()
    assert f"{sum(Decimal(part or 0) for part in parts):.2f}" == total


def test_the_page_has_what_a_further_reviewer_adds() -> None:
    a2i, account = prices.FURTHER_REVIEWER["a2i"], prices.FURTHER_REVIEWER["account"]
    each = f"{(a2i / 1000).normalize()} \N{MULTIPLICATION SIGN} 1,000"
    text = f"adds {each} in A2I, and about {account} in the account"
    assert text in PAGE


def test_an_alarm_costs_as_many_metrics_as_it_reads() -> None:
    alarm = {"Metrics": [{"Expression": "a / b"}, {"MetricStat": {}}, {"MetricStat": {}}]}
    template = {
        "Resources": {
            "Rate": {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm},
            "Depth": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "Depth"}},
        }
    }
    assert str(costs(Assembly("Review", template)).at_rest) == "0.30"


def test_a_vendors_price_is_not_known() -> None:
    team = "arn:aws:sagemaker:eu-west-1:111122223333:workteam/vendor-crowd/they"
    flow = {
        "FlowName": "tone",
        "RoleArn": "role",
        "OutputConfig": {},
        "HumanLoopConfig": {"WorkteamArn": team},
    }
    flows = {"Resources": {"Flow": {"Type": "Custom::A2IFlowDefinition", "Properties": flow}}}
    assert costs(Assembly("Review", flows)).reviews == (("tone", None),)


@pytest.mark.process
@pytest.mark.xdist_group("stack diff")
def test_the_report_shows_what_costs_more() -> None:
    assert "| a month at rest | 4.91 | 5.51 |" in as_markdown(compared(*CHANGES["new flow"]))
    counted = as_markdown(compared(*CHANGES["count"]))
    assert "| 1,000 reviews of sentiment | 80.03 | 240.03 |" in counted
    assert "| 1,000 reviews of sentiment | 80.03 | 0.10 |" in as_markdown(
        compared("default", "account")
    )
    assert "| a month at rest | 0.00 | 4.91 |" in as_markdown(compared(NOTHING, "default"))
    title = as_markdown(compared(*CHANGES["title"]))
    assert "## Cost" not in title
    assert title.endswith(", cost.\n")
