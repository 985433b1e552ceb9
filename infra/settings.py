"""What the app's settings are; `settings_source` reads them."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic.alias_generators import to_camel


class SettingsError(Exception):
    """Settings that cannot work; the message is for the person who wrote them."""


class _Settings(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)


class OidcSettings(_Settings):
    """The identity provider of mode `create-oidc`; its secret is read from Secrets Manager."""

    client_id: str
    client_secret_arn: str
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    user_info_endpoint: str
    logout_endpoint: str
    jwks_uri: str
    scope: str | None = None


class WorkforceSettings(_Settings):
    """Who reviews, and where from.

    Mode `create` makes the region's workforce and a team; `create-oidc` does with an OpenID Connect
    provider of the organisation instead of a user pool; `adopt` adds a team to the workforce that
    the region has; `workteam` uses the team of workteamArn.
    """

    mode: Literal["create", "create-oidc", "adopt", "workteam"] = "create"
    name: str = "default"
    workers: tuple[str, ...] = ()
    mfa: Literal["off", "optional", "required"] = "optional"
    source_ip_cidrs: tuple[str, ...] = ()
    removal_policy: Literal["retain", "destroy"] = "retain"
    identity: Literal["cognito", "oidc"] = "cognito"
    """How the workforce that is adopted signs people in."""
    groups: tuple[str, ...] = ()
    """Groups of an OpenID Connect provider, whose members review."""
    workteam_arn: str | None = None
    oidc: OidcSettings | None = None

    @property
    def has_oidc(self) -> bool:
        """Whether an OpenID Connect provider signs people in."""
        return self.mode == "create-oidc" or (self.mode == "adopt" and self.identity == "oidc")

    @model_validator(mode="after")
    def _mode_fits(self) -> "WorkforceSettings":
        if self.mode == "workteam" and self.workteam_arn is None:
            raise ValueError("mode 'workteam' needs workteamArn: add the ARN of the team")
        if self.mode != "workteam" and self.workteam_arn is not None:
            raise ValueError("workteamArn goes with mode 'workteam' only: set the mode, or drop it")
        if self.mode in {"adopt", "workteam"} and self.source_ip_cidrs:
            raise ValueError(
                f"sourceIpCidrs do not go with mode {self.mode!r}: a workforce that exists keeps "
                "its own; drop them"
            )
        if self.mode != "adopt" and self.identity == "oidc":
            raise ValueError(
                f"identity goes with mode 'adopt' only, got mode {self.mode!r}: drop it, or set "
                "mode to 'create-oidc' for a workforce with an OpenID Connect provider"
            )
        if (self.mode == "create-oidc") != (self.oidc is not None):
            raise ValueError(
                f"oidc goes with mode 'create-oidc', and that mode with oidc, got mode "
                f"{self.mode!r}: set both or neither"
            )
        return self

    @model_validator(mode="after")
    def _people_fit(self) -> "WorkforceSettings":
        if self.workers and self.mode != "create":
            remedy = (
                "and manage people in the groups of the identity provider"
                if self.has_oidc
                else "and manage people of what exists with 'a2i worker add'"
            )
            raise ValueError(
                f"workers go with mode 'create' only, got mode {self.mode!r}: empty the list, "
                f"{remedy}"
            )
        if self.has_oidc != bool(self.groups):
            raise ValueError(
                "groups, of the OpenID Connect provider, go with mode 'create-oidc' and with mode "
                f"'adopt' and identity 'oidc', and both need them, got mode {self.mode!r} with "
                f"{len(self.groups)} groups: add or drop them"
            )
        return self


class DataSettings(_Settings):
    """Where content is kept, how it is encrypted, and for how long."""

    removal_policy: Literal["retain", "destroy"] = "retain"
    kms_key_arn: str | None = None
    answer_retention_days: Annotated[int, Field(ge=1)] | None = None


class RequestSettings(_Settings):
    """What asks for reviews besides direct calls and the queue, and how long requests wait."""

    event_sources: tuple[Annotated[str, Field(min_length=1, max_length=256)], ...] = ()
    """Sources whose events of detail type `Human Review Requested` start reviews."""
    queue_max_age: timedelta = timedelta(days=1)


class MonitoringSettings(_Settings):
    """Dashboard, alarms, and the topic that is told when a review begins."""

    enabled: bool = True
    tracing: bool = False
    """Whether X-Ray records what the functions call."""
    alarm_topic_arn: str | None = None
    reviewer_topic_arn: str | None = None


class FlowSettings(_Settings):
    """One kind of review.

    The template is the name of a ready one, or the path of a `.html` file from the app's folder.
    """

    name: str
    template: str
    title: str
    description: str
    task_count: int = 1
    task_availability: timedelta | None = None
    task_time_limit: timedelta = timedelta(hours=1)
    keywords: tuple[str, ...] = ()
    review_when: dict[str, Any] = Field(default_factory=lambda: {"always": {}})
    consolidation: str | dict[str, str] = "majority"


class ReviewSettings(_Settings):
    """All settings of one stack."""

    stack_name: str = "HumanReview"
    workforce: WorkforceSettings = WorkforceSettings()
    data: DataSettings = DataSettings()
    requests: RequestSettings = RequestSettings()
    monitoring: MonitoringSettings = MonitoringSettings()
    flows: tuple[FlowSettings, ...]
    nag: bool = True

    @field_validator("flows")
    @classmethod
    def _names_differ(cls, flows: tuple[FlowSettings, ...]) -> tuple[FlowSettings, ...]:
        if not flows:
            raise ValueError("at least one flow is needed, got none")
        names = [flow.name for flow in flows]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"each flow needs a name of its own, used twice: {', '.join(twice)}")
        return flows
