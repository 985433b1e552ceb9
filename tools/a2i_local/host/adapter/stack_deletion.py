"""Stops a failed stack deletion where CloudFormation stops it.

MiniStack goes on deleting everything else after a resource failed to delete, even what the
failed resource depends on. CloudFormation keeps that. The cure is one more condition in one
function, put into a copy of its source; `private_names` holds the digest of that source.
"""

import inspect

from ministack.services.cloudformation import handlers, stacks

from a2i_local.host.adapter.private_names import unexpected

_BEFORE = """
        res = resources.get(logical_id)
        if not res:
            continue
"""
_AFTER = """
        res = resources.get(logical_id)
        if not res or logical_id in _with_dependencies(
            delete_failures, res_defs, set(resources)
        ):
            continue
"""


def keep_dependencies_of_failed_deletions() -> None:
    """Replace MiniStack's deletion; LocalAwsError when it is not the known one."""
    source = inspect.getsource(stacks._delete_stack_async)
    if source.count(_BEFORE) != 1:
        raise unexpected(f"{stacks.__name__}._delete_stack_async is not the known function")
    # The copy lives in MiniStack's module, so it sees the names that the original sees.
    exec(  # noqa: S102 - MiniStack's own text, with one condition added
        compile(source.replace(_BEFORE, _AFTER), stacks.__file__, "exec"), vars(stacks)
    )
    handlers._delete_stack_async = stacks._delete_stack_async
