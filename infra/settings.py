"""The app's settings, the context `a2i` of cdk.json; `settings_source` reads them."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from a2i_constructs import Consolidation, ReviewPolicy
from a2i_constructs.flow.task import (
    MAX_COUNT,
    MAX_DECLINES,
    MAX_DESCRIPTION_LENGTH,
    MAX_EXTENSIONS,
    MAX_KEYWORDS,
    MAX_TITLE_LENGTH,
)
from a2i_constructs.functions.names import MAX_SLUG_LENGTH, SLUG_PATTERN
from a2i_constructs.reviewers.oidc_workforce import MAX_GROUPS
from a2i_constructs.reviewers.private_workforce import NAME_PATTERN, check_cidrs
from infra.setting_types import (
    BucketName,
    DurationFrom,
    EmailAddress,
    FieldName,
    HttpsUrl,
    KmsKeyArn,
    Line,
    SecretArn,
    StackName,
    TopicArn,
    WorkteamArn,
)

EventSource = Annotated[
    str, Field(min_length=1, max_length=256, description="an event source of 1 to 256 characters")
]
GroupName = Annotated[
    str, Field(pattern=r"^\S{1,63}$", description="1 to 63 characters without spaces")
]
Keyword = Annotated[
    str,
    Field(
        pattern="^[A-Za-z0-9]+( [A-Za-z0-9]+)*$",
        max_length=30,
        description="1 to 30 letters and digits with single spaces between words",
    ),
]


class SettingsError(Exception):
    """Settings that cannot work; the message is for the person who wrote them."""


def _checked_cidrs(cidrs: tuple[str, ...]) -> tuple[str, ...]:
    check_cidrs(cidrs)
    return cidrs


def _checked_condition(document: dict[str, Any]) -> dict[str, Any]:
    ReviewPolicy.from_document(document)
    return document


def _checked_consolidation(document: Any) -> Any:
    if not isinstance(document, str | dict):
        raise ValueError(  # noqa: TRY004 - pydantic reports ValueErrors only
            f"must be the name of a strategy, or one for each field, got {document!r}"
        )
    Consolidation(document)
    return document


class _Settings(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)


class OidcSettings(_Settings):
    """The identity provider of mode `create-oidc`; its secret is read from Secrets Manager."""

    client_id: Annotated[
        str, Field(pattern=r"^\S{1,1024}$", description="1 to 1024 characters without spaces")
    ]
    client_secret_arn: SecretArn
    client_secret_kms_key_arn: KmsKeyArn | None = None
    """Key of the secret, where it is not the account's own key of Secrets Manager."""
    issuer: HttpsUrl
    authorization_endpoint: HttpsUrl
    token_endpoint: HttpsUrl
    user_info_endpoint: HttpsUrl
    logout_endpoint: HttpsUrl
    jwks_uri: HttpsUrl
    scope: Line | None = None


class WorkforceSettings(_Settings):
    """Workforce and work team.

    Mode `create` makes the region's workforce and a team; `create-oidc` does with an OpenID Connect
    provider of the organisation instead of a user pool; `adopt` adds a team to the workforce that
    the region has; `workteam` uses the team of workteamArn.
    """

    mode: Literal["create", "create-oidc", "adopt", "workteam"] = "create"
    name: Annotated[
        str,
        Field(
            pattern=f"^{NAME_PATTERN.pattern}$",
            description="1 to 63 letters, digits and hyphens, no hyphen first",
        ),
    ] = "default"
    workers: tuple[EmailAddress, ...] = ()
    mfa: Literal["off", "optional", "required"] = "optional"
    source_ip_cidrs: Annotated[tuple[str, ...], AfterValidator(_checked_cidrs)] = ()
    removal_policy: Literal["retain", "destroy"] = "retain"
    identity: Literal["cognito", "oidc"] = "cognito"
    """Identity provider of the workforce that is adopted."""
    groups: Annotated[
        tuple[GroupName, ...],
        Field(max_length=MAX_GROUPS, description=f"a list of at most {MAX_GROUPS} groups"),
    ] = ()
    """Groups of an OpenID Connect provider, whose members review."""
    workteam_arn: WorkteamArn | None = None
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


class BackendSettings(_Settings):
    """Where human loops live: in Amazon A2I, or in the account itself.

    What drains is the backend that the stack had before, until its pending reviews are finished.
    """

    mode: Literal["a2i", "account"] = "a2i"
    drain: tuple[Literal["a2i", "account"], ...] = ()

    @model_validator(mode="after")
    def _drains_the_other(self) -> "BackendSettings":
        other = "a2i" if self.mode == "account" else "account"
        if self.drain not in {(), (other,)}:
            raise ValueError(
                f"drain must be [] or [{other!r}] with mode {self.mode!r}, got {[*self.drain]}: "
                "name the backend that the stack had before, or none"
            )
        return self


class DataSettings(_Settings):
    """Buckets, keys and retention of content."""

    removal_policy: Literal["retain", "destroy"] = "retain"
    kms_key_arn: KmsKeyArn | None = None
    former_kms_key_arns: tuple[KmsKeyArn, ...] = ()
    """Keys that content of pending reviews is still encrypted with."""
    former_buckets: tuple[BucketName, ...] = ()
    """Buckets that hold content of pending reviews."""
    log_kms_key_arn: KmsKeyArn | None = None
    """Key of the functions' logs; its policy lets CloudWatch Logs use it."""
    answer_retention_days: (
        Annotated[int, Field(ge=1, le=36_500, description="a whole number of days from 1 to 36500")]
        | None
    ) = None


class RequestSettings(_Settings):
    """Event sources of requests, and the longest wait of a request in the queue."""

    event_sources: tuple[EventSource, ...] = ()
    """Sources whose events of detail type `Human Review Requested` start reviews."""
    queue_max_age: Annotated[timedelta, DurationFrom("PT1M", "P3D")] = timedelta(days=1)


class EventSettings(_Settings):
    """Where the events about reviews go."""

    bus: Literal["default", "own"] = "default"
    """The account's default bus, or one of the stack's own, to which the stack alone writes."""


class MonitoringSettings(_Settings):
    """Dashboard, alarms, and the topic that is told when a review begins."""

    enabled: bool = True
    tracing: bool = False
    """X-Ray records the functions' calls to AWS."""
    alarm_topic_arn: TopicArn | None = None
    reviewer_topic_arn: TopicArn | None = None
    digest_topic_arn: TopicArn | None = None
    """Topic that is told how many reviews wait, where human loops live in the account."""
    digest_interval: Annotated[timedelta, DurationFrom("PT5M", "P7D")] = timedelta(hours=1)
    """Shortest time between two of its messages."""


class FlowSettings(_Settings):
    """One kind of review.

    The template is the name of a ready one, or the path of a `.html` file from the app's folder.
    """

    name: Annotated[
        str,
        Field(
            pattern=f"^{SLUG_PATTERN.pattern}$",
            max_length=MAX_SLUG_LENGTH,
            description=(f"1 to {MAX_SLUG_LENGTH} lower case letters, digits and inner hyphens"),
        ),
    ]
    template: Annotated[
        str,
        Field(
            min_length=1,
            description="a ready template's name, or the path of a .html file from this folder",
        ),
    ]
    title: Annotated[
        Line,
        Field(
            max_length=MAX_TITLE_LENGTH,
            description=f"1 to {MAX_TITLE_LENGTH} characters in one line",
        ),
    ]
    description: Annotated[
        Line,
        Field(
            max_length=MAX_DESCRIPTION_LENGTH,
            description=f"1 to {MAX_DESCRIPTION_LENGTH} characters in one line",
        ),
    ]
    task_count: Annotated[
        int,
        Field(ge=1, le=MAX_COUNT, description=f"a whole number from 1 to {MAX_COUNT}"),
    ] = 1
    task_availability: Annotated[timedelta, DurationFrom("PT1S")] | None = None
    task_time_limit: Annotated[timedelta, DurationFrom("PT30S")] = timedelta(hours=1)
    keywords: Annotated[
        tuple[Keyword, ...],
        Field(max_length=MAX_KEYWORDS, description=f"a list of at most {MAX_KEYWORDS} keywords"),
    ] = ()
    max_declines: (
        Annotated[
            int,
            Field(ge=1, le=MAX_DECLINES, description=f"a whole number from 1 to {MAX_DECLINES}"),
        ]
        | None
    ) = None
    """Declines after which a human loop fails. Default: the task goes back to the team."""
    time_extension: Annotated[timedelta, DurationFrom("PT1M")] | None = None
    """Default: reviewers cannot extend the time of a task."""
    max_time_extensions: (
        Annotated[
            int,
            Field(
                ge=1, le=MAX_EXTENSIONS, description=f"a whole number from 1 to {MAX_EXTENSIONS}"
            ),
        ]
        | None
    ) = None
    answer_grace_period: Annotated[timedelta, DurationFrom("PT5S", "PT10M")] | None = None
    """How long an answer can be taken back. Default: it is final."""
    own_answers_shown_for: Annotated[timedelta, DurationFrom("PT1M", "P30D")] | None = None
    """How long reviewers can read what they answered. Default: never."""
    review_title: Line | None = None
    """Liquid text that names a review in the portal by its input. Default: its id does."""
    required_inputs: tuple[FieldName, ...] | None = None
    """Fields that a request's input must have. Default: what the template seems to need."""
    review_when: Annotated[dict[str, Any], AfterValidator(_checked_condition)] = Field(
        default_factory=lambda: {"always": {}}
    )
    consolidation: Annotated[str | dict[str, str], BeforeValidator(_checked_consolidation)] = (
        "majority"
    )


class ReviewSettings(_Settings):
    """All settings of one stack."""

    stack_name: StackName = "HumanReview"
    backend: BackendSettings = BackendSettings()
    workforce: WorkforceSettings = WorkforceSettings()
    data: DataSettings = DataSettings()
    requests: RequestSettings = RequestSettings()
    events: EventSettings = EventSettings()
    monitoring: MonitoringSettings = MonitoringSettings()
    flows: tuple[FlowSettings, ...]
    nag: bool = True

    @model_validator(mode="after")
    def _backend_has_reviewers(self) -> "ReviewSettings":
        """Workforces and teams that exist, and providers of an organisation, are SageMaker's."""
        mode = self.workforce.mode
        if self.backend.mode == "account" and mode != "create":
            raise ValueError(
                f"workforce.mode must be 'create' with backend.mode 'account', got {mode!r}: the "
                "reviewers are users of a pool of the stack; set it to 'create', or backend.mode "
                "to 'a2i'. A stack with another workforce cannot change over: deploy a second one "
                "with a stackName of its own, and destroy this one when its reviews are finished"
            )
        if self.backend.mode == "account" and self.workforce.source_ip_cidrs:
            raise ValueError(
                "workforce.sourceIpCidrs must be empty with backend.mode 'account', got "
                f"{[*self.workforce.source_ip_cidrs]}: the API of its tasks answers to every "
                "address and asks for a token; drop them"
            )
        return self

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
