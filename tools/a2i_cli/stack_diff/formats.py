"""The report as JSON, and as annotations of GitHub's workflows."""

from dataclasses import asdict
from typing import Any

from a2i_cli.github import annotation
from a2i_cli.stack_diff.costs import Costs
from a2i_cli.stack_diff.flows import FlowState
from a2i_cli.stack_diff.permissions import Permission, sentences
from a2i_cli.stack_diff.pictures import NOT_ASKED
from a2i_cli.stack_diff.report import Gate, StackDiff


def as_document(diff: StackDiff) -> dict[str, Any]:
    """The report for programs; `failures` names each gate that the change would not pass."""
    return {
        "stack": diff.stack,
        "firstDeployment": diff.is_first,
        "failures": diff.failures(list(Gate)),
        "flows": [asdict(flow) for flow in diff.flows],
        "lost": list(diff.lost),
        "permissions": {
            "gained": _permissions(diff.permissions.gained),
            "lost": _permissions(diff.permissions.lost),
            "removedHolders": sorted(diff.permissions.removed_holders),
        },
        "opened": list(diff.opened),
        "keys": list(diff.keys),
        "templates": [
            {
                "place": each.place,
                "lines": each.lines,
                "pictures": asdict(diff.pictures.get(each.place, NOT_ASKED)),
            }
            for each in diff.templates
        ],
        "resources": [asdict(each) for each in diff.resources],
        "findings": _listed(diff.findings, lambda each: {"rule": each[0], "place": each[1]}),
        "lint": _listed(diff.lint, lambda each: {"rule": each[0], "place": each[1]}),
        "costs": dict(zip(("before", "after"), map(_costs, diff.costs), strict=True)),
        "acknowledgements": _listed(diff.acknowledgements, asdict),
    }


def as_annotations(diff: StackDiff) -> list[str]:
    """GitHub's workflow commands: an error for each gate, a notice for each flow that changes."""
    gates = list(Gate)
    errors = [annotation("error", *each.split(": ", 1)) for each in diff.failures(gates)]
    flows = [
        annotation("notice", f"flow {flow.name}", f"{flow.state}; reviews: {flow.pending}")
        for flow in diff.flows
        if flow.state is not FlowState.SAME
    ]
    found = [*(diff.findings or ()), *(diff.lint or ())]
    findings = [annotation("warning", rule, place) for rule, place in found]
    templates = [
        annotation("notice", f"worker task template of {each.place}", _pictures(diff, each.place))
        for each in diff.templates
    ]
    return [*errors, *findings, *flows, *templates]


def _costs(found: Costs) -> dict[str, Any]:
    return {
        "usdAMonthAtRest": float(found.at_rest),
        "usdAMonthForMetrics": float(found.metrics),
        "usdForThousandReviews": {
            flow: None if amount is None else float(amount) for flow, amount in found.reviews
        },
    }


def _pictures(diff: StackDiff, place: str) -> str:
    pictures = diff.pictures.get(place, NOT_ASKED)
    drawn = ", ".join(filter(None, [pictures.before, pictures.after]))
    said = f"pictures: {drawn}" if drawn else "no pictures"
    return f"{said}; {pictures.missing}" if pictures.missing else said


def _permissions(permissions: frozenset[Permission]) -> list[dict[str, str]]:
    return [{"holder": holder, "what": what} for holder, what in sentences(permissions)]


def _listed(found: Any, document: Any) -> list[Any] | None:
    return None if found is None else [document(each) for each in found]
