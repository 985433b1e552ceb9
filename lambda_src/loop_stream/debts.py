"""Steps that a human loop owes, done one after the other until it owes nothing.

Each step may be repeated: the loop notes it only afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from a2i_account.dynamodb_loops import DynamoDbLoops
from a2i_account.flow_credentials import FlowCredentials
from a2i_account.given_answers import GivenAnswers
from a2i_core.human_loops import transitions
from a2i_core.human_loops.human_loop import HumanLoop, Owed
from a2i_core.human_loops.loop_store import Transition
from a2i_core.human_loops.output_document import output_document
from a2i_core.human_loops.status_event import ACCOUNT_SOURCE, DETAIL_TYPE, status_detail
from a2i_core.human_loops.worker_numbers import agreements
from a2i_core.s3_uri import example_read_access
from a2i_shared.errors import EventNotPublishedError
from a2i_shared.service_errors import code_of, is_transient

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

_GIVES_UP_AFTER = timedelta(minutes=15)
"""Time that an answer waits for S3 and IAM to take it: permissions may be on their way."""


@dataclass(frozen=True)
class Debts:
    """Pays what loops owe."""

    loops: DynamoDbLoops
    credentials: FlowCredentials
    eventbridge: EventBridgeClient
    clock: Callable[[], datetime]

    def pay(self, name: str) -> None:
        """Do all that a loop owes; nothing happens where it is gone.

        Raises ClientError or EventNotPublishedError for what may succeed later.
        """
        loop = self.loops.find(name)
        while loop is not None and loop.owes is not None:
            noted = self._pay(loop, loop.owes)
            loop = self.loops.change(name, partial(_note, loop, noted))

    def _pay(self, loop: HumanLoop, owed: Owed) -> Transition:
        """Do one thing, and return how the loop notes it."""
        match owed:
            case Owed.RENDER:
                return self._render(loop)
            case Owed.OUTPUT:
                return self._write_output(loop)
            case Owed.EVENT:
                self._tell(loop)
                return transitions.told

    def _render(self, loop: HumanLoop) -> Transition:
        # Only here, as it takes longer to import than all else.
        from a2i_account.rendering import render, review_title  # noqa: PLC0415
        from worker_template import TemplateRenderError  # noqa: PLC0415

        template = self.loops.definitions.template(loop.flow.template_sha256)
        try:
            input_content = self.loops.contents.read_input(loop)
            render(template, input_content, example_read_access)
        except TemplateRenderError as error:
            return partial(transitions.fail_rendering, reason=error.failure_reason)
        except ClientError as error:
            if code_of(error) != "NoSuchKey":
                raise
            return partial(
                transitions.fail_rendering,
                reason="The input is gone: a loop of this name was deleted as this one started",
            )
        text = loop.flow.options.review_title
        title = text and review_title(text, input_content, human_loop_name=loop.name)
        return partial(transitions.offer, now=self.clock(), review_title=title or None)

    def _write_output(self, loop: HumanLoop) -> Transition:
        contents = [self.loops.contents.read_answer(answer) for answer in loop.answers]
        given = GivenAnswers(self.loops.dynamodb, self.loops.table)
        for answer, agreement in zip(loop.answers, agreements(contents), strict=True):
            given.put(loop, answer, agreement)
        body = output_document(loop, self.loops.contents.read_input(loop), contents)
        key_id = loop.flow.output_kms_key_id
        encryption: Any = (
            {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key_id} if key_id else {}
        )
        try:
            self.credentials.s3(loop.flow.role_arn).put_object(
                Bucket=loop.flow.output_bucket,
                Key=loop.output_key,
                Body=body,
                ContentType="application/json",
                **encryption,
            )
        except ClientError as error:
            if is_transient(error) or not self._has_waited(loop):
                raise
            return partial(transitions.output_refused, reason=str(error))
        return transitions.output_written

    def _has_waited(self, loop: HumanLoop) -> bool:
        return loop.final_at is not None and self.clock() - loop.final_at >= _GIVES_UP_AFTER

    def _tell(self, loop: HumanLoop) -> None:
        """Put the event; its detail is the same each time, and names the loop by its ARN."""
        answered = self.eventbridge.put_events(
            Entries=[
                {
                    "Source": ACCOUNT_SOURCE,
                    "DetailType": DETAIL_TYPE,
                    "Detail": json.dumps(status_detail(loop)),
                    "Resources": [loop.arn],
                }
            ]
        )
        if answered["FailedEntryCount"]:
            code = answered["Entries"][0].get("ErrorCode", "no error code")
            raise EventNotPublishedError(f"EventBridge did not take {DETAIL_TYPE!r}: {code}")


def _note(seen: HumanLoop, noted: Transition, loop: HumanLoop) -> HumanLoop:
    """Note what was done, unless another run has; a later loop of the name owes it still."""
    is_same = loop.created_at == seen.created_at and loop.owes is seen.owes
    return noted(loop) if is_same else loop
