"""What Amazon Mechanical Turk demands of a flow: a statement about its content, and a price."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from a2i_constructs.reviewers.crowd import Crowd

_USD_PRICES = tuple(
    Decimal(price)
    for price in (
        *("0.012", "0.024", "0.036", "0.048", "0.060", "0.072", "0.120", "0.240"),
        *("0.360", "0.480", "0.600", "0.720", "0.840", "0.960", "1.080", "1.200"),
    )
)
_TENTHS_PER_CENT = 10
_TENTHS_PER_DOLLAR = 1000


class ContentClassifier(StrEnum):
    """What an owner declares about the content that reviewers see, as A2I spells it.

    A2I checks nothing of it, and shows tasks to the public by it.
    """

    FREE_OF_PERSONALLY_IDENTIFIABLE_INFORMATION = "FreeOfPersonallyIdentifiableInformation"
    FREE_OF_ADULT_CONTENT = "FreeOfAdultContent"


@dataclass(frozen=True)
class TaskPrice:
    """What one worker of the public workforce is paid for one task."""

    dollars: int
    cents: int
    tenth_fractions_of_a_cent: int

    @classmethod
    def usd(cls, amount: str | Decimal) -> "TaskPrice":
        """One of the 16 prices that AWS lists for custom tasks, such as "0.012"."""
        try:
            price = Decimal(amount)
        except InvalidOperation:
            price = Decimal("NaN")
        if price not in _USD_PRICES:
            allowed = ", ".join(map(str, _USD_PRICES))
            raise ValueError(f"task_price must be one of {allowed} US dollars, got {str(amount)!r}")
        dollars, rest = divmod(int(price * _TENTHS_PER_DOLLAR), _TENTHS_PER_DOLLAR)
        return cls(dollars, *divmod(rest, _TENTHS_PER_CENT))

    @property
    def document(self) -> dict[str, dict[str, int]]:
        """The price as PublicWorkforceTaskPrice of a flow definition."""
        return {
            "AmountInUsd": {
                "Dollars": self.dollars,
                "Cents": self.cents,
                "TenthFractionsOfACent": self.tenth_fractions_of_a_cent,
            }
        }


def check_crowd(
    crowd: Crowd | None,
    content_classifiers: Sequence[ContentClassifier],
    task_price: TaskPrice | None,
) -> None:
    """Refuse a public team without statement or price, and a price for any other team.

    A crowd that only the deployment knows is left to A2I.
    """
    if crowd is Crowd.PUBLIC:
        _check_statement(content_classifiers)
        if task_price is None:
            raise ValueError(
                "task_price must be given for a public work team, got None: say what a worker is "
                'paid, such as TaskPrice.usd("0.012")'
            )
    elif crowd is not None and task_price is not None:
        raise ValueError(
            f"task_price goes with a public work team only, got one with a {crowd} team: drop it"
        )


def _check_statement(content_classifiers: Sequence[ContentClassifier]) -> None:
    needed = ContentClassifier.FREE_OF_PERSONALLY_IDENTIFIABLE_INFORMATION
    if needed not in content_classifiers:
        declared = ", ".join(content_classifiers) or "nothing"
        raise ValueError(
            f"content_classifiers must declare {needed} for a public work team, got {declared}: "
            "anybody can see its tasks, so declare it if no content of this flow holds personal "
            "information, and use a private team if any may"
        )
