"""The report as Markdown for a pull request: what matters for reviews first."""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from urllib.parse import quote

from a2i_cli.stack_diff.costs import Costs
from a2i_cli.stack_diff.flows import FieldChange, FlowState
from a2i_cli.stack_diff.permissions import Permission, PermissionChange, sentences
from a2i_cli.stack_diff.pictures import NOT_ASKED, TemplatePictures
from a2i_cli.stack_diff.report import StackDiff
from a2i_cli.stack_diff.resources import ChangedResource, Fate
from a2i_cli.stack_diff.worker_templates import TemplateChange

_MAX_TEMPLATE_LINES = 200
_ROLE = "AWS::IAM::Role"


def as_markdown(diff: StackDiff) -> str:
    """The report; the same text for the same change."""
    sections = _first_sections(diff) if diff.is_first else _sections(diff)
    title = "First deployment" if diff.is_first else "Change"
    lines = [f"# {title} of stack {diff.stack}", "", *_summary(diff)]
    for heading, body in sections:
        lines += ["", f"## {heading}", "", *body]
    unchanged = [] if diff.is_first else _unchanged(diff)
    if unchanged:
        lines += ["", f"No change: {', '.join(unchanged)}."]
    return "\n".join(lines) + "\n"


def _summary(diff: StackDiff) -> Iterator[str]:
    losing = [each for each in diff.resources if each.loses_state]
    if losing:
        yield f"- **Holds state and is replaced or removed: {_places(losing)}.**"
    if diff.lost:
        yield (
            "- **Pending reviews would lose what they need: the update is refused while there are "
            "any.**"
        )
    elif not diff.is_first:
        yield "- No review is lost."
    states = Counter(flow.state for flow in diff.flows)
    counted = [f"{states[state]} {state}" for state in FlowState if states[state]]
    yield f"- Flows: {', '.join(counted) or 'none'}."
    if diff.opened:
        heading = "Open to the public" if diff.is_first else "The public reaches more"
        yield f"- **{heading}: {'; '.join(diff.opened)}.**"
    fates = Counter(each.fate for each in diff.resources)
    touched = [f"{fates[fate]} {fate}" for fate in Fate if fates[fate]]
    yield f"- Resources: {', '.join(touched) or 'none changes'}."


def _sections(diff: StackDiff) -> Iterator[tuple[str, list[str]]]:
    if any(flow.state is not FlowState.SAME for flow in diff.flows) or diff.lost:
        yield "Flows", list(_flows(diff))
    if diff.lost:
        yield "What pending reviews would lose", [f"- {each}" for each in diff.lost]
    if diff.templates:
        yield (
            "Worker task templates",
            [
                line
                for template in diff.templates
                for line in _template(template, diff.pictures.get(template.place, NOT_ASKED))
            ],
        )
    if _all_permissions(diff.permissions):
        yield "Permissions", list(_permissions(diff))
    if diff.opened:
        yield "Public exposure", [f"- {each}" for each in diff.opened]
    if diff.keys:
        yield "Keys", [f"- {each}" for each in diff.keys]
    if diff.resources:
        yield "Resources", list(_resources(diff.resources))
    yield from _rules(diff)
    before, after = diff.costs
    if before != after:
        yield "Cost", list(_costs(before, after))


def _first_sections(diff: StackDiff) -> Iterator[tuple[str, list[str]]]:
    yield (
        "Flows",
        [
            f"- {flow.name}, {field.name}: {_field(field)}"
            for flow in diff.flows
            for field in flow.fields
        ],
    )
    kinds = Counter(each.type for each in diff.resources)
    yield "Resources", [f"- {count} {kind}" for kind, count in sorted(kinds.items())]
    stateful = [each for each in diff.resources if each.is_stateful]
    yield "Holds state", [f"- `{each.place}` ({each.type})" for each in stateful]
    roles = {each.place.removesuffix("/Role") for each in diff.resources if each.type == _ROLE}
    holders = Counter(each.holder for each in diff.permissions.gained if each.holder in roles)
    yield "Permissions by role", [f"- `{role}`: {holders[role]}" for role in sorted(holders)]
    findings = [*(diff.findings or ()), *(diff.lint or ())]
    if findings:
        yield "Findings", [f"- `{rule}` on `{place}`" for rule, place in findings]
    yield "Cost", list(_costs(*diff.costs))


def _flows(diff: StackDiff) -> Iterator[str]:
    yield "| flow | | reviews that wait for a person | requests that wait in a queue |"
    yield "|---|---|---|---|"
    for flow in diff.flows:
        yield f"| {flow.name} | **{flow.state}** | {flow.pending} | {flow.queued} |"
    changed = [flow for flow in diff.flows if flow.fields]
    if changed:
        yield ""
    for flow in changed:
        for field in flow.fields:
            yield f"- {flow.name}, {field.name}: {_field(field)}"


def _field(field: FieldChange) -> str:
    if field.after is None:
        return f"another one in the place of `{field.before}`"
    return f"`{field.before}` to `{field.after}`" if field.before else f"`{field.after}`"


def _template(template: TemplateChange, pictures: TemplatePictures) -> Iterator[str]:
    lines = template.lines
    yield f"`{template.place}`:"
    yield ""
    if lines is None:
        yield "Another text, in an asset: pass the cdk.out folders to see its lines."
        return
    yield "```diff"
    yield from lines[:_MAX_TEMPLATE_LINES]
    yield "```"
    if len(lines) > _MAX_TEMPLATE_LINES:
        yield ""
        yield f"{len(lines) - _MAX_TEMPLATE_LINES} more lines differ."
    yield ""
    yield from _pictures(pictures)


def _pictures(pictures: TemplatePictures) -> Iterator[str]:
    found = [("before", pictures.before), ("after", pictures.after)]
    drawn = [(side, file) for side, file in found if file]
    if drawn:
        yield f"| {' | '.join(side for side, _ in drawn)} |"
        yield "|---" * len(drawn) + "|"
        yield f"| {' | '.join(f'![{side}]({quote(file)})' for side, file in drawn)} |"
    if drawn and pictures.missing:
        yield ""
    if pictures.missing:
        yield f"No picture: {pictures.missing}."


def _permissions(diff: StackDiff) -> Iterator[str]:
    changes: tuple[tuple[str, frozenset[Permission]], ...] = (
        ("gains", diff.permissions.gained),
        ("loses", diff.permissions.lost),
    )
    said: dict[str, list[str]] = {}
    for verb, permissions in changes:
        for holder, sentence in sentences(permissions):
            said.setdefault(holder, []).append(f"{verb} {sentence}")
    for holder in sorted(diff.permissions.removed_holders):
        yield f"- `{holder}` is removed, with all that it was allowed"
    for holder, parts in sorted(said.items()):
        for part in parts:
            yield f"- `{holder}` {part}"


def _resources(resources: Iterable[ChangedResource]) -> Iterator[str]:
    yield "| resource | type | |"
    yield "|---|---|---|"
    for each in resources:
        name = f"**`{each.place}`**" if each.loses_state else f"`{each.place}`"
        yield f"| {name} | {each.type} | {_fate(each)} |"


def _fate(resource: ChangedResource) -> str:
    text = f"**{resource.fate}**" if resource.loses_state else str(resource.fate)
    if resource.properties:
        text += f": {', '.join(resource.properties)}"
    if resource.fate in {Fate.REPLACED, Fate.PERHAPS_REPLACED}:
        text += "; the former one stays" if resource.former_stays else "; the former one is deleted"
    return text


def _rules(diff: StackDiff) -> Iterator[tuple[str, list[str]]]:
    findings = [*(diff.findings or ()), *(diff.lint or ())]
    if findings:
        yield "New findings", [f"- `{rule}` on `{place}`" for rule, place in findings]
    if diff.acknowledgements:
        by_reason: dict[str, list[str]] = {}
        for each in diff.acknowledgements:
            by_reason.setdefault(each.reason, []).append(f"`{each.rule}` on `{each.place}`")
        yield (
            "New acknowledgements",
            [f"- {reason}: {', '.join(rules)}" for reason, rules in by_reason.items()],
        )


def _costs(before: Costs, after: Costs) -> Iterator[str]:
    yield "| USD, list prices of us-east-1 | before | after |"
    yield "|---|---|---|"
    yield f"| a month at rest | {_usd(before.at_rest)} | {_usd(after.at_rest)} |"
    yield (
        f"| custom metrics, in a month with reviews | {_usd(before.metrics)} "
        f"| {_usd(after.metrics)} |"
    )
    old, new = dict(before.reviews), dict(after.reviews)
    for flow in sorted({*old, *new}):
        sums = [_usd(each[flow]) if flow in each else "none" for each in (old, new)]
        yield f"| 1,000 reviews of {flow} | {sums[0]} | {sums[1]} |"
    yield ""
    yield (
        "Storage, keys made elsewhere and other regions are not in it: docs/costs.md has the "
        "arithmetic."
    )


def _usd(amount: Decimal | None) -> str:
    return "not known: the vendor's price" if amount is None else f"{amount:.2f}"


def _unchanged(diff: StackDiff) -> list[str]:
    parts = {
        "worker task templates": diff.templates,
        "permissions": _all_permissions(diff.permissions),
        "public exposure": diff.opened,
        "keys": diff.keys,
        "findings of cdk-nag": diff.findings,
        "findings of cfn-lint": diff.lint,
        "acknowledgements": diff.acknowledgements,
    }
    before, after = diff.costs
    unchanged = [name for name, found in parts.items() if found is not None and not found]
    return [*unchanged, "cost"] if before == after else unchanged


def _all_permissions(change: PermissionChange) -> frozenset[Permission | str]:
    return frozenset({*change.gained, *change.lost, *change.removed_holders})


def _places(resources: Iterable[ChangedResource]) -> str:
    return ", ".join(f"`{each.place}`" for each in resources)
