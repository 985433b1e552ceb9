"""Settings: stages, overrides, and messages that say key, value, what is allowed, what to do."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal, get_args, get_origin

import annotated_types
import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from infra.setting_types import DurationFrom
from infra.settings import ReviewSettings, SettingsError
from infra.settings_source import read_settings
from tests.infra.synthesis import OIDC

FLOW: dict[str, Any] = {
    "name": "sentiment",
    "template": "sentiment_review",
    "title": "Check the sentiment",
    "description": "Confirm or correct",
}
TEAM = "arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/reviewers"


def context(settings: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"a2i": {"flows": [FLOW], **(settings or {})}, **more}


def test_defaults_keep_data_and_review_everything() -> None:
    settings = read_settings(context())
    assert settings.stack_name == "HumanReview"
    assert settings.data.removal_policy == "retain"
    assert settings.workforce.mode == "create"
    assert settings.nag is True
    [flow] = settings.flows
    assert flow.review_when == {"always": {}}
    assert flow.task_time_limit == timedelta(hours=1)


def test_durations_are_iso_8601() -> None:
    [flow] = read_settings(context({"flows": [{**FLOW, "taskAvailability": "P10D"}]})).flows
    assert flow.task_availability == timedelta(days=10)


def test_a_stage_changes_only_what_it_names() -> None:
    settings = read_settings(
        context(
            {
                "data": {"removalPolicy": "destroy", "answerRetentionDays": 30},
                "stages": {"prod": {"stackName": "Prod", "data": {"removalPolicy": "retain"}}},
            },
            stage="prod",
        )
    )
    assert settings.stack_name == "Prod"
    assert settings.data.removal_policy == "retain"
    assert settings.data.answer_retention_days == 30


def test_the_command_line_wins_over_the_stage() -> None:
    settings = read_settings(
        context(
            {"stages": {"prod": {"stackName": "Prod"}}},
            **{"stage": "prod", "a2i.stackName": "Mine", "a2i.flows.0.taskCount": "3"},
        )
    )
    assert settings.stack_name == "Mine"
    assert settings.flows[0].task_count == 3


def test_overrides_are_json_or_plain_text() -> None:
    overrides: dict[str, Any] = {
        "a2i.workforce.workers": '["ana@example.com"]',
        "a2i.data.removalPolicy": "destroy",
        "a2i.nag": "false",
    }
    settings = read_settings(context(**overrides))
    assert settings.workforce.workers == ("ana@example.com",)
    assert settings.data.removal_policy == "destroy"
    assert settings.nag is False


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"data": {"removalPolicies": "retain"}},
            "a2i.data.removalPolicies: unknown key with value 'retain', did you mean "
            "removalPolicy[?] Allowed are .*, removalPolicy; correct cdk.json, or pass -c <key>=",
        ),
        (
            {"data": {"removalPolicy": "keep"}},
            "a2i.data.removalPolicy: must be 'retain' or 'destroy', got 'keep'",
        ),
        (
            {"stack": 1},
            "a2i.stack: unknown key with value 1, did you mean stackName[?] Allowed are backend, ",
        ),
        (
            {"flows": [{**FLOW, "count": 2}]},
            "a2i.flows.0.count: unknown key with value 2, allowed are answerGracePeriod, conso",
        ),
        ({"flows": [{"name": "x"}]}, "a2i.flows.0.template: is missing"),
        ({"flows": []}, "a2i.flows: at least one flow is needed, got none"),
        ({"flows": [FLOW, FLOW]}, "a2i.flows: each flow needs a name of its own, used twice: sent"),
        ({"flows": [{**FLOW, "taskCount": "two"}]}, r"a2i\.flows\.0\.taskCount: .*, got 'two'"),
        (
            {"flows": [{**FLOW, "taskTimeLimit": "90m"}]},
            "a2i.flows.0.taskTimeLimit: must be an ISO 8601 duration, got '90m': write PT90M; ",
        ),
        ({"flows": [{**FLOW, "taskTimeLimit": "1 hour"}]}, "got '1 hour': write PT1H; "),
        ({"flows": [{**FLOW, "taskAvailability": 3600}]}, "got 3600: write PT3600S for 3600 sec"),
        ({"requests": {"queueMaxAge": "P10D"}}, "queueMaxAge: must be at most P3D, got P10D"),
        ({"requests": {"queueMaxAge": "PT99H"}}, "queueMaxAge: must be at most PT72H, got PT99H"),
        ({"flows": [{**FLOW, "title": ""}]}, "title: must be 1 to 128 characters in one .* got ''"),
        (
            {"workforce": {"sourceIpCidrs": ["203.0.113.7"]}},
            "a2i.workforce.sourceIpCidrs: must be ranges such as .*, got '203.0.113.7'",
        ),
        (
            {"flows": [{**FLOW, "reviewWhen": {"anyOf": [{"confidense": {}}]}}]},
            r"a2i.flows.0.reviewWhen.anyOf\[0\]: unknown condition 'confidense', allowed are ",
        ),
        (
            {"flows": [{**FLOW, "consolidation": {"label": "loudest"}}]},
            "a2i.flows.0.consolidation of 'label' must be majority, .*, got 'loudest'",
        ),
        ({"workforce": {"mode": "workteam"}}, "a2i.workforce: mode 'workteam' needs workteamArn"),
        ({"workforce": {"workteamArn": TEAM}}, "workteamArn goes with mode 'workteam' only"),
        (
            {"workforce": {"mode": "workteam", "workteamArn": TEAM, "workers": ["a@b.com"]}},
            "workers go with mode 'create' only, got mode 'workteam': .*'a2i worker add'",
        ),
        (
            {"workforce": {"mode": "adopt", "workers": ["a@b.com"]}},
            "workers go with mode 'create' only, got mode 'adopt': .*'a2i worker add'",
        ),
        (
            {"workforce": {"mode": "adopt", "sourceIpCidrs": ["203.0.113.0/24"]}},
            "sourceIpCidrs do not go with mode 'adopt': .*drop them",
        ),
        (
            {"workforce": {"mode": "adopt", "identity": "oidc"}},
            "groups, of the OpenID Connect provider, .* got mode 'adopt' with 0 groups: add or",
        ),
        (
            {"workforce": {"mode": "adopt", "groups": ["reviewers"]}},
            "groups, of the OpenID Connect provider, .* got mode 'adopt' with 1 groups: .* drop",
        ),
        (
            {
                "workforce": {
                    "mode": "adopt",
                    "identity": "oidc",
                    "groups": ["reviewers"],
                    "workers": ["a@b.com"],
                }
            },
            "workers go with mode 'create' only, .* manage people in the groups of the identity",
        ),
        (
            {"workforce": {"identity": "oidc"}},
            "identity goes with mode 'adopt' only, got mode 'create': drop it, or .*'create-oidc'",
        ),
        ({"workforce": {"mode": "create-oidc"}}, "oidc goes with mode 'create-oidc'"),
        (
            {"backend": {"mode": "mine"}},
            "a2i.backend.mode: must be 'a2i' or 'account', got 'mine'",
        ),
        (
            {"backend": {"mode": "account", "drain": ["account"]}},
            r"a2i.backend: drain must be \[\] or \['a2i'\] with mode 'account', got \['account'\]",
        ),
        (
            {"backend": {"drain": ["a2i"]}},
            r"a2i.backend: drain must be \[\] or \['account'\] with mode 'a2i', got \['a2i'\]",
        ),
        (
            {"backend": {"mode": "account"}, "workforce": {"mode": "adopt"}},
            "workforce.mode must be 'create' with backend.mode 'account', got 'adopt': .*set it",
        ),
        (
            {
                "backend": {"mode": "account"},
                "workforce": {"sourceIpCidrs": ["203.0.113.0/24"]},
            },
            "workforce.sourceIpCidrs must be empty with backend.mode 'account', got .*drop them",
        ),
        ({"data": {"answerRetentionDays": 0}}, "a2i.data.answerRetentionDays: .*, got 0"),
        ({"flows": [{**FLOW, "consolidation": 3}]}, r"a2i\.flows\.0\.consolidation: .*, got 3"),
        ({"data": "retain"}, "a2i.data: .*, got 'retain'"),
        ({"requests": {"eventSources": [""]}}, r"a2i\.requests\.eventSources\.0: .*, got ''"),
        ({"events": {"bus": "mine"}}, r"a2i\.events\.bus: .*'default' or 'own'.*"),
        ({"requests": {"queueMaxAge": "a day"}}, "a2i.requests.queueMaxAge: .*, got 'a day'"),
        ({"monitoring": {"tracing": "maybe"}}, "a2i.monitoring.tracing: .*, got 'maybe'"),
    ],
)
def test_fails_with_key_value_and_what_is_allowed(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        read_settings(context(settings))


REMEDY = "; correct cdk.json, or pass -c <key>=<value>"
LIBRARY_CHECKS = {"drain", "sourceIpCidrs", "reviewWhen", "consolidation", "requiredInputs"}


@dataclass(frozen=True)
class Setting:
    """A setting of the model, and where it stands in a document."""

    path: tuple[str | int, ...]
    field: FieldInfo

    def document(self, value: Any, *, name: str | None = None) -> dict[str, Any]:
        """Return settings that are right but for this one."""
        *parents, own = self.path
        document: dict[str, Any] = {"flows": [dict(FLOW)]}
        if "oidc" in parents:
            document["workforce"] = {"oidc": dict(OIDC)}
        place: Any = document
        for part in parents:
            place = place[part] if isinstance(part, int) else place.setdefault(part, {})
        place[name or own] = value
        return {"a2i": document}

    def beyond_limits(self) -> Iterator[Any]:
        """Yield a value beyond each limit of the field, of its type, or of a list's items."""
        is_list = get_origin(self.field.annotation) is tuple
        if is_list:
            yield from (["x"] * len(value) for value in _beyond(self.field.metadata))
        else:
            yield from _beyond(self.field.metadata)
        inner = _beyond(_notes(self.field.annotation))
        yield from ([value] for value in inner) if is_list else inner


def _beyond(notes: Iterable[Any]) -> Iterator[Any]:
    for note in notes:
        match note:
            case annotated_types.Ge(ge=int(least)):
                yield least - 1
            case annotated_types.Le(le=int(most)):
                yield most + 1
            case annotated_types.MinLen(min_length=least):
                yield "x" * (least - 1)
            case annotated_types.MaxLen(max_length=most):
                yield "x" * (most + 1)
            case DurationFrom(longest=None):
                yield "PT0S"
            case DurationFrom():
                yield from ("PT0S", "P3650D")
            case _ if getattr(note, "pattern", None):
                yield ""


def _notes(annotation: Any) -> Iterator[Any]:
    """Yield what is annotated inside: of an optional value, or of a list's items."""
    if get_origin(annotation) is Annotated:
        for note in get_args(annotation)[1:]:
            yield from note.metadata if isinstance(note, FieldInfo) else [note]
    for inner in get_args(annotation):
        yield from _notes(inner)


def settings_of(model: type[BaseModel], path: tuple[str | int, ...] = ()) -> Iterator[Setting]:
    """Yield every setting, those of inner objects too."""
    for field in model.model_fields.values():
        here = (*path, str(field.alias))
        yield Setting(here, field)
        is_list = get_origin(field.annotation) is tuple
        for inner in (field.annotation, *get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from settings_of(inner, (*here, 0) if is_list else here)


SETTINGS = {".".join(map(str, each.path)): each for each in settings_of(ReviewSettings)}


def refusal(context: dict[str, Any], path: str) -> str:
    """Return the one line that refuses a setting; it names the path as cdk.json has it."""
    with pytest.raises(SettingsError) as raised:
        read_settings(context)
    line = str(raised.value)
    assert len(line.splitlines()) == 1, line
    assert re.match(rf"a2i\.{re.escape(path)}\b", line), line
    assert line.endswith(REMEDY), line
    assert not re.search(r"[a-z]_[a-z]", line), line
    return line


@pytest.mark.parametrize("path", SETTINGS)
def test_a_wrong_type_is_one_line_with_value_and_what_is_allowed(path: str) -> None:
    wrong = [["wrong"]]
    line = refusal(SETTINGS[path].document(wrong), path)
    assert " must be " in line
    assert "'wrong'" in line


@pytest.mark.parametrize("path", SETTINGS)
def test_a_misspelt_name_is_one_line_with_the_right_one(path: str) -> None:
    *_, name = path.split(".")
    misspelt = f"{name[:-2]}{name[-1]}{name[-2]}"
    wrong = f"{path.removesuffix(name)}{misspelt}"
    line = refusal(SETTINGS[path].document("x", name=misspelt), wrong)
    assert f"unknown key with value 'x', did you mean {name}? Allowed are " in line


@pytest.mark.parametrize(
    ("path", "value"),
    [(path, value) for path, each in SETTINGS.items() for value in each.beyond_limits()],
)
def test_a_value_beyond_a_limit_is_one_line_with_the_limit(path: str, value: Any) -> None:
    line = refusal(SETTINGS[path].document(value), path)
    assert " must be " in line
    assert f", got {value!r}" in line or f", got {value}" in line or f", got {value[0]!r}" in line


def test_every_setting_has_limits_or_choices() -> None:
    open_ended = {
        path
        for path, each in SETTINGS.items()
        if not [*each.beyond_limits()]
        and each.field.annotation is not bool
        and get_origin(each.field.annotation) is not Literal
        and not any(other.startswith(f"{path}.") for other in SETTINGS)
    }
    assert {path.rpartition(".")[2] for path in open_ended} <= LIBRARY_CHECKS


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"stage": "dev"}, "stage: unknown stage 'dev', a2i.stages in cdk.json has: none"),
        (
            {"a2i.flows.1.taskCount": "2"},
            "a2i.flows.1.taskCount: '1' is no position in the list, allowed are 0 to 0",
        ),
        ({"a2i.data.kept": "yes"}, "a2i.data.kept: unknown key with value 'yes'"),
    ],
)
def test_fails_for_a_command_line_that_names_nothing(more: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        read_settings(context(**more))


def test_several_mistakes_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings(context({"data": {"removalPolicy": "keep"}, "stack": 1}))
    assert len(str(raised.value).splitlines()) == 3


@pytest.mark.parametrize("wrong", [{"a2i": []}, {"a2i": {"flows": [FLOW], "stages": []}}])
def test_fails_when_settings_are_no_object(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="must be an object, got"):
        read_settings(wrong)


def test_cdk_json_without_flows_says_what_is_missing() -> None:
    with pytest.raises(SettingsError, match="flows: is missing"):
        read_settings({})
