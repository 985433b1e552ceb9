"""Changes of the worker task templates that a stack holds."""

import hashlib
from dataclasses import dataclass
from difflib import unified_diff

from a2i_cli.stack_diff.assembly import Assembly

_TASK_UI = "AWS::SageMaker::HumanTaskUi"
_ACCOUNT_TASK_UI = "Custom::A2IHumanTaskUi"
_CONTEXT_LINES = 2


@dataclass(frozen=True)
class TemplateChange:
    """A worker task template that reads otherwise than before.

    Attributes:
        place: Construct of the task UI.
        before: Text of the template in use; None where it is an asset that only the cdk.out folder
            has, and a template was given.
        after: Text of the new one, likewise.
    """

    place: str
    before: str | None
    after: str | None

    @property
    def lines(self) -> list[str] | None:
        """Changed lines as a unified diff, without file names; None where a text is not known."""
        if self.before is None or self.after is None:
            return None
        found = unified_diff(
            self.before.splitlines(), self.after.splitlines(), lineterm="", n=_CONTEXT_LINES
        )
        return list(found)[2:]


def compare_templates(old: Assembly, new: Assembly) -> tuple[TemplateChange, ...]:
    """Templates that both stacks have and that differ."""
    before, after = _contents(old), _contents(new)
    return tuple(
        TemplateChange(place, before[place][1], after[place][1])
        for place in sorted(before.keys() & after.keys())
        if before[place] != after[place]
    )


def _contents(assembly: Assembly) -> dict[str, tuple[str, str | None]]:
    """SHA-256 of each template, and its text, by place."""
    in_template = {
        assembly.place(name): _digested(str(properties["UiTemplate"]["Content"]))
        for name, properties in assembly.of_type(_TASK_UI).items()
    }
    in_assets = {
        # The account's lies in a construct of the same name within A2I's place.
        assembly.place(name).removesuffix("/HumanTaskUi"): (
            str(properties["Sha256"]),
            assembly.asset(str(properties["Key"])),
        )
        for name, properties in assembly.of_type(_ACCOUNT_TASK_UI).items()
    }
    return {**in_template, **in_assets}


def _digested(text: str) -> tuple[str, str]:
    return hashlib.sha256(text.encode()).hexdigest(), text
