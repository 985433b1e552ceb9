"""Records of human loops: plain data and what it implies."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from a2i_core.statuses import OPEN_LOOP_STATUSES, HumanLoopStatus
from a2i_local.service.records import Record
from a2i_local.service.scope import Scope


class FailureCode(StrEnum):
    """Why a human loop failed."""

    VALIDATION_ERROR = "ValidationError"
    EXPIRED = "Expired"
    INTERNAL_ERROR = "InternalError"


@dataclass(slots=True, frozen=True)
class Worker:
    """The member of a work team that holds or answered a task."""

    sub: str
    worker_id: str
    issuer: str
    identity_provider_type: Literal["Cognito", "Oidc"] = "Cognito"


@dataclass(slots=True)
class Assignment:
    """Assignment of a task to one worker."""

    worker: Worker
    accepted_at: datetime
    until: datetime


@dataclass(slots=True)
class Answer:
    """Answer that a worker submitted."""

    worker: Worker
    accepted_at: datetime
    submitted_at: datetime
    content: dict[str, Any]


@dataclass(slots=True)
class LoopInput:
    """The InputContent of a loop, apart from it: it is large and never changes."""

    task_id: str
    content: str

    @property
    def key(self) -> str:
        return self.task_id


@dataclass(slots=True)
class HumanLoop(Record):
    """A human loop and the one task, with TaskCount slots, that it puts before the workers."""

    task_id: str
    flow_definition_id: str
    flow_definition_name: str
    workteam_arn: str
    request_digest: str
    template_sha256: str
    output_bucket: str
    output_key: str
    task_count: int
    render_at: datetime
    expires_at: datetime
    status: HumanLoopStatus = HumanLoopStatus.IN_PROGRESS
    failure_code: FailureCode | None = None
    failure_reason: str | None = None
    rendered: bool = False
    output_written: bool = False
    withdrawn_at: datetime | None = None
    """When its free slots were taken back: by StopHumanLoop or DeleteFlowDefinition."""
    answers_when_withdrawn: int = 0
    outcome: HumanLoopStatus | None = None
    """Set once the answers are in: the status that the loop gets when they are in S3."""
    assignments: list[Assignment] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    lapsed: list[str] = field(default_factory=list)
    """Subs of workers whose time ran out and who did not accept again."""

    @property
    def arn(self) -> str:
        return self.scope.arn("human-loop", self.name)

    @property
    def flow_definition_arn(self) -> str:
        return self.scope.arn("flow-definition", self.flow_definition_name)

    @property
    def output_uri(self) -> str:
        return f"s3://{self.output_bucket}/{self.output_key}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_LOOP_STATUSES

    @property
    def takes_answers(self) -> bool:
        """Open, rendered, and its outcome not decided yet."""
        return self.is_open and self.rendered and self.outcome is None

    @property
    def free_slots(self) -> int:
        if not self.takes_answers or self.withdrawn_at is not None:
            return 0
        return self.task_count - len(self.answers) - len(self.assignments)

    def assignment_of(self, sub: str) -> Assignment | None:
        return next((a for a in self.assignments if a.worker.sub == sub), None)

    def has_answer_of(self, sub: str) -> bool:
        return any(answer.worker.sub == sub for answer in self.answers)


@dataclass(slots=True)
class PendingEvent:
    """A status event that is not yet on the bus."""

    id: str
    scope: Scope
    entry: dict[str, Any]

    @property
    def key(self) -> str:
        return self.id
