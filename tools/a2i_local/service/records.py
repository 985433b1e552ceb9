"""What the service remembers. Plain data: every rule about it lives with its operations."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from a2i_local.service.scope import Scope


class WorkforceStatus(StrEnum):
    """WorkforceStatus of the API."""

    INITIALIZING = "Initializing"
    UPDATING = "Updating"
    DELETING = "Deleting"
    FAILED = "Failed"
    ACTIVE = "Active"


class FlowDefinitionStatus(StrEnum):
    """FlowDefinitionStatus of the API."""

    INITIALIZING = "Initializing"
    ACTIVE = "Active"
    FAILED = "Failed"
    DELETING = "Deleting"


class HumanTaskUiStatus(StrEnum):
    """HumanTaskUiStatus of the API."""

    ACTIVE = "Active"
    DELETING = "Deleting"


class HumanLoopStatus(StrEnum):
    """HumanLoopStatus of the API."""

    IN_PROGRESS = "InProgress"
    FAILED = "Failed"
    COMPLETED = "Completed"
    STOPPED = "Stopped"
    STOPPING = "Stopping"


class FailureCode(StrEnum):
    """Why a human loop failed."""

    VALIDATION_ERROR = "ValidationError"
    EXPIRED = "Expired"
    INTERNAL_ERROR = "InternalError"


OPEN_STATUSES = frozenset({HumanLoopStatus.IN_PROGRESS, HumanLoopStatus.STOPPING})


@dataclass(slots=True)
class Record:
    """What all resources have: a name that is unique in its scope, and when it was made."""

    scope: Scope
    name: str
    created_at: datetime

    @property
    def key(self) -> str:
        return f"{self.scope.account}/{self.scope.region}/{self.name}"


@dataclass(slots=True)
class Workforce(Record):
    """The one private workforce of an account in a region."""

    updated_at: datetime
    status: WorkforceStatus
    sub_domain: str
    cognito_config: dict[str, str] | None = None
    oidc_config: dict[str, Any] | None = None
    cidrs: list[str] = field(default_factory=list)
    vpc_config: dict[str, Any] | None = None
    ip_address_type: str = "ipv4"
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        return self.scope.arn("workforce", self.name)


@dataclass(slots=True)
class Workteam(Record):
    """A group, or several, of the workforce's members."""

    updated_at: datetime
    workforce_name: str
    description: str
    member_definitions: list[dict[str, Any]]
    notification_configuration: dict[str, Any] = field(default_factory=dict)
    worker_access_configuration: dict[str, Any] | None = None
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        return self.scope.arn("workteam/private-crowd", self.name)


@dataclass(slots=True)
class HumanTaskUi(Record):
    """A worker task template under a name; the text itself is a Template record."""

    template_sha256: str
    status: HumanTaskUiStatus = HumanTaskUiStatus.ACTIVE
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        return self.scope.arn("human-task-ui", self.name)


@dataclass(slots=True)
class Template:
    """A template's text. Kept for good: open loops outlive the HumanTaskUi they began with."""

    sha256: str
    content: str

    @property
    def key(self) -> str:
        return self.sha256


@dataclass(slots=True)
class FlowDefinition(Record):
    """A human review workflow. `id` tells two of the same name apart."""

    id: str
    status: FlowDefinitionStatus
    role_arn: str
    human_loop_config: dict[str, Any]
    output_config: dict[str, str]
    failure_reason: str | None = None
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        return self.scope.arn("flow-definition", self.name)

    @property
    def task_count(self) -> int:
        return int(self.human_loop_config["TaskCount"])

    @property
    def workteam_arn(self) -> str:
        return str(self.human_loop_config["WorkteamArn"])


@dataclass(slots=True, frozen=True)
class Worker:
    """The member of a work team that holds or answered a task."""

    sub: str
    worker_id: str
    issuer: str


@dataclass(slots=True)
class Assignment:
    """A task in the hands of one worker."""

    worker: Worker
    accepted_at: datetime
    until: datetime


@dataclass(slots=True)
class Answer:
    """What one worker submitted."""

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
        return self.status in OPEN_STATUSES

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
