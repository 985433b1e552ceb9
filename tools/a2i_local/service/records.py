"""Records of the service: plain data; the rules live with the operations."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from a2i_core.human_loops.scope import Scope


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


@dataclass(slots=True)
class Record:
    """Resource with a name that is unique in its scope, and a creation time."""

    scope: Scope
    name: str
    created_at: datetime

    @property
    def key(self) -> str:
        return f"{self.scope.account}/{self.scope.region}/{self.name}"


@dataclass(slots=True)
class Workforce(Record):
    """Private workforce, the only one of its account and region."""

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
    """Text of a template. Never deleted: open loops outlive their HumanTaskUi."""

    sha256: str
    content: str

    @property
    def key(self) -> str:
        return self.sha256


@dataclass(slots=True)
class FlowDefinition(Record):
    """Flow definition. `id` distinguishes a later one of the same name."""

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
