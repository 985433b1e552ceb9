"""Human loop and all that belongs to it: plain data, and what it implies."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from a2i_core.human_loops.s3_output_path import S3OutputPath
from a2i_core.human_loops.scope import Scope
from a2i_core.human_loops.worker_options import NO_OPTIONS, WorkerOptions
from a2i_core.statuses import OPEN_LOOP_STATUSES, HumanLoopStatus

_WORKER_ID_LENGTH = 16


class FailureCode(StrEnum):
    """Why a human loop failed."""

    VALIDATION_ERROR = "ValidationError"
    EXPIRED = "Expired"
    INTERNAL_ERROR = "InternalError"
    DECLINED = "Declined"
    """Not of A2I: as many workers declined the task as its flow allows."""


class Owed(StrEnum):
    """What has to be done next for a loop, by whoever hosts it."""

    RENDER = "render"
    """Render the task: it is offered to the workers if that works, and fails if not."""
    OUTPUT = "output"
    """Write the answers to output.json."""
    EVENT = "event"
    """Tell the event bus how the loop ended."""


@dataclass(slots=True, frozen=True)
class Worker:
    """The member of a work team that holds or answered a task."""

    sub: str
    worker_id: str
    issuer: str
    identity_provider_type: Literal["Cognito", "Oidc"] = "Cognito"


def worker_id(workforce_arn: str, sub: str) -> str:
    """Return the id by which A2I names a worker in output.json: the same in every loop."""
    return hashlib.sha256(f"{workforce_arn}/{sub}".encode()).hexdigest()[:_WORKER_ID_LENGTH]


@dataclass(slots=True, frozen=True)
class Assignment:
    """Assignment of a task to one worker."""

    worker: Worker
    accepted_at: datetime
    until: datetime
    extensions: int = 0
    """How often `until` was moved."""
    view_hashes: tuple[str, ...] = ()
    """Of the keys with which the worker's browser opens the task; see `view_keys`."""


@dataclass(slots=True, frozen=True)
class StoredAnswer:
    """An answer's content that is kept in S3."""

    uri: str
    sha256: str


@dataclass(slots=True, frozen=True)
class Answer:
    """Answer that a worker submitted."""

    worker: Worker
    accepted_at: datetime
    submitted_at: datetime
    content: StoredAnswer | dict[str, Any]


@dataclass(slots=True, frozen=True)
class Declined:
    """A worker's refusal to answer a task, with the code of the reason."""

    sub: str
    reason: str
    at: datetime


@dataclass(slots=True, frozen=True)
class FlowSnapshot:
    """A flow definition as it was when a loop started; what becomes of it changes no loop."""

    definition_id: str
    """Tells a definition from a later one of the same name."""
    name: str
    workteam_arn: str
    role_arn: str
    task_title: str
    task_description: str
    task_count: int
    """Workers who answer each task."""
    availability: timedelta
    """How long after its creation a loop expires."""
    time_limit: timedelta
    """How long a worker has from accepting a task to submitting it."""
    template_sha256: str
    output_bucket: str
    output_prefix: str
    output_kms_key_id: str | None = None
    task_keywords: tuple[str, ...] = ()
    options: WorkerOptions = NO_OPTIONS


@dataclass  # neither frozen nor with slots: every change makes a new one, and both slow that down
class HumanLoop:
    """A human loop and the one task, with `task_count` slots, that it puts before the workers.

    It never changes: the functions of `transitions` return the loop as it is afterwards.
    """

    scope: Scope
    name: str
    created_at: datetime
    flow: FlowSnapshot
    task_id: str
    request_digest: str
    """Two requests with one name and one digest are the same request."""
    render_at: datetime
    status: HumanLoopStatus = HumanLoopStatus.IN_PROGRESS
    failure_code: FailureCode | None = None
    failure_reason: str | None = None
    rendered: bool = False
    output_written: bool = False
    told: bool = False
    """Whether the event about the loop's end is on its way."""
    withdrawn_at: datetime | None = None
    """When its free slots were taken back: by StopHumanLoop or DeleteFlowDefinition."""
    stopping_until: datetime | None = None
    """How long at least a stopped loop is in Stopping."""
    answers_when_withdrawn: int = 0
    outcome: HumanLoopStatus | None = None
    """Set once the answers are in: the status that the loop gets when they are in S3."""
    assignments: tuple[Assignment, ...] = ()
    answers: tuple[Answer, ...] = ()
    lapsed: tuple[str, ...] = ()
    """Subs of workers whose time ran out and who did not accept again."""
    declined: tuple[Declined, ...] = ()
    review_id: str | None = None
    """The sender's own key, where the loop was started for a review."""
    review_title: str | None = None
    """Made from the input where the flow has a text for it; at most 200 characters, while open."""

    def changed(self, **fields: Any) -> "HumanLoop":
        """Return the loop with other values of these fields, twice as fast as `replace`."""
        return HumanLoop(**{**vars(self), **fields})

    @property
    def key(self) -> str:
        """Name that is unique over all accounts and regions."""
        return f"{self.scope.account}/{self.scope.region}/{self.name}"

    @property
    def arn(self) -> str:
        """ARN of the loop, in A2I's shape."""
        return self.scope.arn("human-loop", self.name)

    @property
    def flow_definition_arn(self) -> str:
        """ARN of the flow definition, in A2I's shape."""
        return self.scope.arn("flow-definition", self.flow.name)

    @property
    def expires_at(self) -> datetime:
        """When the task is withdrawn if too few workers have answered."""
        return self.created_at + self.flow.availability

    @property
    def output_key(self) -> str:
        """Key of output.json: path and name of the flow definition, creation in UTC, name."""
        moment = f"{self.created_at.astimezone(UTC):%Y/%m/%d/%H/%M/%S}"
        path = S3OutputPath(self.flow.output_bucket, self.flow.output_prefix)
        return path.key(self.flow.name, moment, self.name, "output.json")

    @property
    def output_uri(self) -> str:
        """Where output.json is, or would be."""
        return f"s3://{self.flow.output_bucket}/{self.output_key}"

    @property
    def is_open(self) -> bool:
        """In progress or stopping."""
        return self.status in OPEN_LOOP_STATUSES

    @property
    def takes_answers(self) -> bool:
        """Open, rendered, and its outcome not decided yet."""
        return self.is_open and self.rendered and self.outcome is None

    @property
    def free_slots(self) -> int:
        """How many more workers can accept the task now."""
        if not self.takes_answers or self.withdrawn_at is not None:
            return 0
        return self.flow.task_count - len(self.answers) - len(self.assignments)

    @property
    def is_complete(self) -> bool:
        """Answered by as many workers as its flow asks for."""
        return len(self.answers) == self.flow.task_count

    @property
    def final_at(self) -> datetime | None:
        """When the last answer can no longer be taken back; None without an answer."""
        return self._final_at(self.answers[-1]) if self.answers else None

    @property
    def ended_at(self) -> datetime:
        """When the last thing happened that led to the loop's end, from what the loop itself knows.

        Of the last answer, decline, stop and expiry; its creation where there was none of them.
        """
        if self.failure_code is FailureCode.EXPIRED:
            return self.expires_at
        moments = [self.created_at, *(declined.at for declined in self.declined)]
        moments += [each for each in (self.final_at, self.withdrawn_at) if each is not None]
        return max(moments)

    @property
    def owes(self) -> Owed | None:
        """What its host has to do next; None: wait for workers or for time."""
        if not self.is_open:
            return None if self.told else Owed.EVENT
        if self.outcome is not None:
            return Owed.OUTPUT
        if not self.rendered and self.withdrawn_at is None:
            return Owed.RENDER
        return None

    @property
    def next_due(self) -> datetime | None:
        """When time alone changes the loop next; None: never."""
        if not self.is_open or self.outcome is not None:
            return None
        if self.is_complete:
            return self.final_at
        moments = [assignment.until for assignment in self.assignments]
        if self.withdrawn_at is None:
            moments.append(self.expires_at)
        if self.owes is Owed.RENDER:
            moments.append(self.render_at)
        if self.stopping_until is not None and not self.assignments:
            moments.append(self.stopping_until)
        return min(moments, default=None)

    def assignment_of(self, sub: str) -> Assignment | None:
        """Return the assignment that a worker holds."""
        return next((a for a in self.assignments if a.worker.sub == sub), None)

    def answer_of(self, sub: str) -> Answer | None:
        """Return the answer that a worker gave."""
        return next((answer for answer in self.answers if answer.worker.sub == sub), None)

    def undo_until(self, answer: Answer) -> datetime | None:
        """Return until when an answer can be taken back; None where it cannot at all.

        The loop's expiry ends that, too, and so does taking the task from the workers.
        """
        can_undo = self.takes_answers and self.withdrawn_at is None
        return self._final_at(answer) if can_undo and self.flow.options.answer_grace else None

    def _final_at(self, answer: Answer) -> datetime:
        grace = self.flow.options.answer_grace
        if not grace or self.withdrawn_at is not None:
            return answer.submitted_at
        return min(answer.submitted_at + grace, self.expires_at)

    def extensions_left(self, assignment: Assignment) -> int:
        """Return how often a worker can still get more time; 0 once the loop's expiry is near."""
        if assignment.until >= self.expires_at or not self.flow.options.extension:
            return 0
        return self.flow.options.max_extensions - assignment.extensions

    def has_answer_of(self, sub: str) -> bool:
        """Return whether a worker has answered the task."""
        return any(answer.worker.sub == sub for answer in self.answers)

    def was_declined_by(self, sub: str) -> bool:
        """Return whether a worker has declined the task."""
        return any(declined.sub == sub for declined in self.declined)
