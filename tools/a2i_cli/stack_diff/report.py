"""The report on a change, as data, and the gates that it can fail."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from a2i_cli.stack_diff.assembly import Acknowledgement, Assembly
from a2i_cli.stack_diff.cloudformation_diff import compare
from a2i_cli.stack_diff.costs import Costs, costs
from a2i_cli.stack_diff.exposure import key_changes, opened
from a2i_cli.stack_diff.flows import FlowChange, compare_flows
from a2i_cli.stack_diff.permissions import PermissionChange, compare_permissions
from a2i_cli.stack_diff.pictures import TemplatePictures
from a2i_cli.stack_diff.resources import ChangedResource, changed_resources
from a2i_cli.stack_diff.review_needs import lost_needs
from a2i_cli.stack_diff.worker_templates import TemplateChange, compare_templates


class Gate(StrEnum):
    """A kind of change that a pipeline can stop."""

    REPLACED_STATEFUL = "replaced-stateful"
    LOST_REVIEWS = "lost-reviews"
    WIDENED_PERMISSIONS = "widened-permissions"


@dataclass(frozen=True)
class StackDiff:
    """What a change does.

    Attributes:
        stack: Name of the stack.
        is_first: Whether nothing is deployed yet; gates then have nothing to compare with.
        flows: Every flow of either template.
        lost: What pending reviews would lose.
        permissions: Gained and lost.
        opened: What the public reaches and did not before.
        keys: What is encrypted with another key than before.
        templates: Worker task templates that changed.
        resources: Every resource that changes.
        findings: Rule and place of cdk-nag's findings that the base does not have; None where one
            synthesis ran no rules.
        acknowledgements: Those that the base does not have; None where only templates are known.
        costs: Before and after.
        lint: cfn-lint's findings likewise; None where it did not run.
        pictures: Of the templates, by place; empty where nobody asked for them.
    """

    stack: str
    is_first: bool
    flows: tuple[FlowChange, ...]
    lost: tuple[str, ...]
    permissions: PermissionChange
    opened: tuple[str, ...]
    keys: tuple[str, ...]
    templates: tuple[TemplateChange, ...]
    resources: tuple[ChangedResource, ...]
    findings: tuple[tuple[str, str], ...] | None
    acknowledgements: tuple[Acknowledgement, ...] | None
    costs: tuple[Costs, Costs]
    lint: tuple[tuple[str, str], ...] | None = None
    pictures: Mapping[str, TemplatePictures] = field(default_factory=dict)

    def failures(self, gates: Collection[Gate]) -> list[str]:
        """One sentence for each of the gates that the change does not pass."""
        if self.is_first:
            return []
        said = {
            Gate.REPLACED_STATEFUL: [
                f"{each.place} is {each.fate}" for each in self.resources if each.loses_state
            ],
            Gate.LOST_REVIEWS: list(self.lost),
            Gate.WIDENED_PERMISSIONS: [
                *sorted({f"{each.holder} may do more" for each in self.permissions.widened}),
                *self.opened,
            ],
        }
        return [f"{gate}: {'; '.join(said[gate])}" for gate in Gate if gate in gates and said[gate]]


def compare_stacks(old: Assembly, new: Assembly) -> StackDiff:
    """Compare a stack before and after a change.

    Raises:
        CommandError: The CDK's library for it is missing.
    """
    comparison = compare(old, new)
    lost = lost_needs(old, new, comparison.left)
    permissions = compare_permissions(old, new, comparison)
    return StackDiff(
        stack=new.name or old.name,
        is_first=not old.resources,
        flows=compare_flows(old, new, comparison.left, refused=bool(lost)),
        lost=lost,
        permissions=permissions,
        opened=opened(old, new, permissions),
        keys=key_changes(old, new),
        templates=compare_templates(old, new),
        resources=changed_resources(old, new, comparison),
        findings=_new_findings(old, new),
        acknowledgements=_new_acknowledgements(old, new),
        costs=(costs(old), costs(new)),
    )


def _new_findings(old: Assembly, new: Assembly) -> tuple[tuple[str, str], ...] | None:
    if old.findings is None or new.findings is None:
        return None
    return tuple(sorted(new.findings - old.findings))


def _new_acknowledgements(old: Assembly, new: Assembly) -> tuple[Acknowledgement, ...] | None:
    if old.acknowledgements is None or new.acknowledgements is None:
        return None
    return tuple(
        sorted(
            new.acknowledgements - old.acknowledgements,
            key=lambda each: (each.reason, each.rule, each.place),
        )
    )
