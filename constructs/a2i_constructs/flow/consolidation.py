"""Strategy that makes one answer of those of two or three reviewers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

_STRATEGY_PATTERN = re.compile(r"majority|unanimous|first|[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_ALLOWED = "majority, unanimous, first, or module:function of a layer of the results function"


@dataclass(frozen=True)
class Consolidation:
    """A strategy for all fields of an answer, or one by field.

    `MAJORITY` takes what most reviewers say, `UNANIMOUS` what all of them say and else nothing,
    `FIRST` what the earliest says. `function` names one of your own.

    Attributes:
        document: The strategy as the results function reads it; the constants and class methods
            make it.

    Raises:
        ValueError: The results function does not know such a strategy.
    """

    document: str | dict[str, str]

    MAJORITY: ClassVar["Consolidation"]
    UNANIMOUS: ClassVar["Consolidation"]
    FIRST: ClassVar["Consolidation"]

    def __post_init__(self) -> None:
        """Refuse what the results function does not know."""
        by_field = self.document if isinstance(self.document, dict) else {"*": self.document}
        for field, strategy in by_field.items():
            if not _STRATEGY_PATTERN.fullmatch(strategy):
                raise ValueError(f"consolidation of {field!r} must be {_ALLOWED}, got {strategy!r}")

    @classmethod
    def function(cls, name: str) -> "Consolidation":
        """Use a function of your own, from a layer that you add to the results function.

        Args:
            name: `module:function`.

        Raises:
            ValueError: `name` has another form.
        """
        return cls(name)

    @classmethod
    def by_field(
        cls, fields: Mapping[str, "Consolidation"], *, others: "Consolidation | None" = None
    ) -> "Consolidation":
        """Settle fields differently.

        Args:
            fields: Strategy for each field, by its name in the answer.
            others: Strategy for the fields that are not named. Default: majority.
        """
        rest = {"*": others} if others else {}
        return cls({name: str(each.document) for name, each in {**fields, **rest}.items()})


Consolidation.MAJORITY = Consolidation("majority")
Consolidation.UNANIMOUS = Consolidation("unanimous")
Consolidation.FIRST = Consolidation("first")
