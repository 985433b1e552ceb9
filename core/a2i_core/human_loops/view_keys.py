"""View keys: secrets in the address of a task's document, for the worker who holds the task.

A browser loads a document and its objects by their address alone. So the address holds a random
key; only its hash is kept, in the worker's assignment, and the key ends with the assignment.
"""

import hashlib
import hmac
import secrets
from dataclasses import replace

from a2i_core.human_loops.human_loop import Assignment, HumanLoop

KEPT = 3
"""View keys of one assignment that work at the same time: as many windows show the task."""
_BYTES = 24
_HASH_LENGTH = 32


def new_view_key() -> str:
    """Return a key of 32 characters that addresses may hold as they are."""
    return secrets.token_urlsafe(_BYTES)


def with_view_key(loop: HumanLoop, sub: str, key: str) -> HumanLoop:
    """Return the loop with one more key for the worker; the oldest beyond KEPT ends.

    Nothing changes for a worker who does not hold the task.
    """
    assignments = tuple(
        replace(each, view_hashes=(*each.view_hashes, _hash(key))[-KEPT:])
        if each.worker.sub == sub
        else each
        for each in loop.assignments
    )
    return loop if loop.assignment_of(sub) is None else loop.changed(assignments=assignments)


def assignment_of_key(loop: HumanLoop, key: str) -> Assignment | None:
    """Return the assignment that a key was given for; None for any other text."""
    asked = _hash(key)
    return next(
        (
            assignment
            for assignment in loop.assignments
            for known in assignment.view_hashes
            if hmac.compare_digest(known, asked)
        ),
        None,
    )


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:_HASH_LENGTH]
