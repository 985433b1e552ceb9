"""Pause of the starter while a destroy guard counts: its queue denies sends, Lambda runs nothing.

A statement of the queue's policy records the pause: whoever finds it knows that a guard made it,
and which reserved concurrency the function had before.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from a2i_shared.errors import PauseLiftedError

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sqs import SQSClient

_PAUSED = "A2IPaused"
_CLOSED = "A2IClosed"
_SID = re.compile(rf"({_PAUSED}|{_CLOSED})(\d*)")
"""Id of the statement: the state, and the reserved concurrency if there was any."""


@dataclass(frozen=True)
class StarterPause:
    """The pause of one stack's starter.

    Direct callers get Lambda's throttling error and senders AccessDenied of SQS, so that both know
    that nothing was accepted. A queue's policy takes effect within a minute.
    """

    lambda_: LambdaClient
    sqs: SQSClient
    function_name: str
    queue_url: str

    def begin(self) -> None:
        """Pause, or take over the pause that a killed guard left."""
        others, recorded = self._statements()
        reserved = recorded[2] if recorded else self._reserved()
        self._deny(others, f"{_PAUSED}{reserved}")
        self._reserve(0)

    def lift(self) -> bool:
        """End the pause, and say whether there was one; a closed one stays."""
        others, recorded = self._statements()
        if recorded is None or recorded[1] == _CLOSED:
            return False
        if recorded[2]:
            self._reserve(int(recorded[2]))
        else:
            self.lambda_.delete_function_concurrency(FunctionName=self.function_name)
        self._write(others)
        return True

    def close(self) -> None:
        """Make the pause final, since the stack goes.

        Raises:
            PauseLiftedError: Requests were accepted meanwhile.
        """
        others, recorded = self._statements()
        if recorded is None:
            raise PauseLiftedError(
                "the starter took requests again while they were counted: destroy the stack again"
            )
        self._deny(others, f"{_CLOSED}{recorded[2]}")

    def _reserved(self) -> str:
        found = self.lambda_.get_function_concurrency(FunctionName=self.function_name)
        return str(found.get("ReservedConcurrentExecutions", ""))

    def _reserve(self, concurrency: int) -> None:
        self.lambda_.put_function_concurrency(
            FunctionName=self.function_name, ReservedConcurrentExecutions=concurrency
        )

    def _statements(self) -> tuple[list[dict[str, Any]], re.Match[str] | None]:
        """The statements of the queue's policy but for the pause's, and what that one records."""
        text = self._attribute("Policy")
        statements = json.loads(text)["Statement"] if text else []
        sids = [_SID.fullmatch(each.get("Sid", "")) for each in statements]
        others = [each for each, sid in zip(statements, sids, strict=True) if sid is None]
        return others, next(filter(None, sids), None)

    def _deny(self, others: list[dict[str, Any]], sid: str) -> None:
        denial = {
            "Sid": sid,
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sqs:SendMessage",
            "Resource": self._attribute("QueueArn"),
        }
        self._write([*others, denial])

    def _write(self, statements: list[dict[str, Any]]) -> None:
        policy = {"Version": "2012-10-17", "Statement": statements}
        text = json.dumps(policy) if statements else ""
        self.sqs.set_queue_attributes(QueueUrl=self.queue_url, Attributes={"Policy": text})

    def _attribute(self, name: Literal["Policy", "QueueArn"]) -> str:
        found = self.sqs.get_queue_attributes(QueueUrl=self.queue_url, AttributeNames=[name])
        return found.get("Attributes", {}).get(name, "")
