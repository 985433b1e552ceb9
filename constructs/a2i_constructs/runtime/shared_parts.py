"""Which parts several workflows of a stack share, and so take together."""

from a2i_constructs.runtime.human_loop_results import HumanLoopResults
from a2i_constructs.runtime.human_loop_starter import HumanLoopStarter


def check_go_together(starter: HumanLoopStarter | None, results: HumanLoopResults | None) -> None:
    """Raises ValueError where one is passed in without the other, or each has its own ledger."""
    if (starter is None) != (results is None):
        missing = "results" if starter else "starter"
        raise ValueError(
            f"{missing} must be passed in too: starter and results of one stack go together"
        )
    if starter and results and starter.ledger is not results.ledger:
        raise ValueError("starter and results must share one ledger, got two")


def check_same(name: str, given: object, shared: object) -> None:
    """Raises ValueError where a part is passed in beside a starter that has another one."""
    if given is not None and given is not shared:
        raise ValueError(
            f"{name} must be the starter's own where a starter is passed in: leave it out"
        )
