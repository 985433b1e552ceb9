"""API operations: validated parameters in, members of the response out.

Names and types are those of the API's own model; a member that is None is left out of the
response.
"""

from collections.abc import Callable

from a2i_core.human_loops.runtime_operations import Parameters, Result
from a2i_core.human_loops.scope import Scope

Operation = Callable[[Scope, Parameters], Result | Callable[[], Result]]
"""Runs under the engine's lock; work that takes long comes back as a function to call after it."""
