"""Documents of tasks and objects in them, opened by the view key in their address alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from a2i_account.dynamodb_loops import DynamoDbLoops
from a2i_account.flow_credentials import FlowCredentials
from a2i_core.human_loops import transitions
from a2i_core.human_loops.errors import TaskNotFound
from a2i_core.human_loops.human_loop import Assignment, HumanLoop
from a2i_core.human_loops.view_keys import assignment_of_key
from a2i_core.s3_uri import S3Uri
from a2i_shared.telemetry import logger
from portal.task_html import task_html

LINK_LIFETIME = timedelta(seconds=60)
"""Validity of the presigned address that an object's own one redirects to."""
_NOT_OPEN = "this task is not open for you: open it in the portal's list"


class TaskDocument(NamedTuple):
    """A rendered task, and the origins that its objects come from."""

    html: str
    object_origins: list[str]


def document_path(name: str, key: str) -> str:
    """Path under which the holder of a view key opens a task."""
    return f"/task/{name}/{key}"


@dataclass(frozen=True)
class TaskViews:
    """Tasks as a browser opens them: without a token, by a view key.

    Every method raises TaskNotFound, always in the same words, for a key that does not or no longer
    belong to who holds the task: it was released, declined or answered, its time is over, the loop
    ended, or the worker was removed.
    """

    loops: DynamoDbLoops
    credentials: FlowCredentials
    clock: Callable[[], datetime]

    def document(self, name: str, key: str) -> TaskDocument:
        """Return the task; its links to objects are paths below `/object`."""
        loop, assignment = self._find(name, key)
        seen: dict[str, int] = {}

        def link(uri: str) -> str:
            number = seen.setdefault(uri, len(seen))
            file_name = quote(uri.rsplit("/", 1)[-1], safe="")
            return f"/object/{name}/{key}/{number}/{file_name}"

        html = task_html(self.loops, loop, link)
        logger.info("document opened", human_loop_name=name, sub=assignment.worker.sub)
        return TaskDocument(html, self._origins(loop, seen))

    def object_link(self, name: str, key: str, number: int) -> str:
        """Return an address in S3 that opens the object with the flow role's permissions."""
        loop, assignment = self._find(name, key)
        seen: dict[str, None] = {}

        def note(uri: str) -> str:
            seen.setdefault(uri)
            return ""

        # Neither the table nor the address holds what a task refers to: its template says it again.
        task_html(self.loops, loop, note)
        uris = list(seen)
        if number >= len(uris):
            raise TaskNotFound(_NOT_OPEN)
        # For audits: who looked at what; never the address, which holds the key.
        logger.info(
            "object opened",
            human_loop_name=name,
            sub=assignment.worker.sub,
            object_number=number,
        )
        return self._signed(loop, uris[number])

    def _find(self, name: str, key: str) -> tuple[HumanLoop, Assignment]:
        found = self.loops.find(name)
        loop = transitions.advance(found, self.clock()) if found else None
        assignment = assignment_of_key(loop, key) if loop else None
        if loop is None or assignment is None or not loop.takes_answers:
            raise TaskNotFound(_NOT_OPEN)
        if self.loops.is_blocked(assignment.worker.sub):
            raise TaskNotFound(_NOT_OPEN)
        return loop, assignment

    def _origins(self, loop: HumanLoop, uris: dict[str, int]) -> list[str]:
        """Return where the objects are: what the task may be redirected to."""
        one_per_bucket = {S3Uri.parse(uri).bucket: uri for uri in uris}
        addresses = (urlsplit(self._signed(loop, uri)) for uri in one_per_bucket.values())
        return sorted({f"{address.scheme}://{address.netloc}" for address in addresses})

    def _signed(self, loop: HumanLoop, uri: str) -> str:
        place = S3Uri.parse(uri)
        return self.credentials.read_link(
            loop.flow.role_arn, place.bucket, place.key, lifetime=LINK_LIFETIME
        )
