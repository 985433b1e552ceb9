"""Changes of the worker task templates that a stack holds."""

from dataclasses import dataclass
from difflib import unified_diff

from a2i_cli.stack_diff.assembly import Assembly

_TASK_UI = "AWS::SageMaker::HumanTaskUi"
_CONTEXT_LINES = 2


@dataclass(frozen=True)
class TemplateChange:
    """A worker task template that reads otherwise than before.

    Attributes:
        place: Construct of the task UI.
        before: Text of the template in use.
        after: Text of the new one.
    """

    place: str
    before: str
    after: str

    @property
    def lines(self) -> list[str]:
        """Changed lines as a unified diff, without file names."""
        found = unified_diff(
            self.before.splitlines(), self.after.splitlines(), lineterm="", n=_CONTEXT_LINES
        )
        return list(found)[2:]


def compare_templates(old: Assembly, new: Assembly) -> tuple[TemplateChange, ...]:
    """Templates that both stacks have and that differ."""
    before, after = _contents(old), _contents(new)
    return tuple(
        TemplateChange(place, before[place], after[place])
        for place in sorted(before.keys() & after.keys())
        if before[place] != after[place]
    )


def _contents(assembly: Assembly) -> dict[str, str]:
    return {
        assembly.place(name): str(properties["UiTemplate"]["Content"])
        for name, properties in assembly.of_type(_TASK_UI).items()
    }
