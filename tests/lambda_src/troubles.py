"""What can go wrong while an operation on a stack runs, drawn at random."""

from __future__ import annotations

from hypothesis import strategies as st

from a2i_local.service import FaultSettings
from tests.lambda_src.faults import Fuse, deny, kill, lose_response
from tests.lambda_src.flow_stack import FlowStack

REPEATED = "repeated"
FAULTS = {
    "throttling": FaultSettings(throttling={"*": 0.3}, seed=7),
    "failing": FaultSettings(failed_flow_definitions={"*": "a fault"}),
    "slow": FaultSettings(slow_flow_definitions={"*": 600}),
    "too slow": FaultSettings(slow_flow_definitions={"*": 7200}),
    "undeletable": FaultSettings(server_errors={"DeleteFlowDefinition": 1.0}),
}
# A deployment has some 20 moments: most fuses end inside.
MOMENTS = st.integers(0, 24)
FUSES = st.one_of(
    st.builds(Fuse, MOMENTS, st.just(kill)),
    st.builds(Fuse, MOMENTS, st.just(lose_response)),
    st.builds(Fuse, MOMENTS.map(lambda moment: 2 * moment), st.just(deny)),
)
TROUBLE = st.one_of(st.none(), st.sampled_from([*FAULTS]), FUSES, st.just(REPEATED))
Trouble = str | Fuse | None


def meet(stack: FlowStack, trouble: Trouble) -> None:
    """Have the stack's next operation run into it."""
    if isinstance(trouble, Fuse):
        stack.wrap = Fuse(trouble.moments, trouble.at_end).around
    elif trouble == REPEATED:
        stack.deliveries = 2
    elif trouble is not None:
        stack.a2i.inject(FAULTS[trouble])


def calm(stack: FlowStack) -> None:
    stack.a2i.inject(FaultSettings())
    stack.wrap = lambda client: client
    stack.deliveries = 1
