"""The shape that all operations have: validated parameters in, the response's members out.

Names and types are those of the API's own model; a member that is None is left out of the
response.
"""

from collections.abc import Callable, Mapping
from typing import Any

from a2i_local.service.scope import Scope

Parameters = Mapping[str, Any]
Result = dict[str, Any]
Operation = Callable[[Scope, Parameters], Result]
