"""Settings: stages, overrides, and messages that say key, value, what is allowed, what to do."""

from datetime import timedelta
from typing import Any

import pytest

from infra.settings import SettingsError
from infra.settings_source import read_settings

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
            "a2i.data.removalPolicies: unknown key with value 'retain', allowed are "
            "answerRetentionDays, kmsKeyArn, removalPolicy; correct cdk.json, or pass "
            "-c <key>=<value>",
        ),
        (
            {"data": {"removalPolicy": "keep"}},
            "a2i.data.removalPolicy: must be 'retain' or 'destroy', got 'keep'",
        ),
        ({"stack": 1}, "a2i.stack: unknown key with value 1, allowed are data, flows, monitoring"),
        (
            {"flows": [{**FLOW, "count": 2}]},
            "a2i.flows.0.count: unknown key with value 2, allowed are consolidation, desc",
        ),
        ({"flows": [{"name": "x"}]}, "a2i.flows.0.template: is missing"),
        ({"flows": []}, "a2i.flows: at least one flow is needed, got none"),
        ({"flows": [FLOW, FLOW]}, "a2i.flows: each flow needs a name of its own, used twice: sent"),
        ({"flows": [{**FLOW, "taskCount": "two"}]}, r"a2i\.flows\.0\.taskCount: .*, got 'two'"),
        ({"flows": [{**FLOW, "taskTimeLimit": "1 hour"}]}, "a2i.flows.0.taskTimeLimit: .*'1 hour'"),
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
        ({"data": {"answerRetentionDays": 0}}, "a2i.data.answerRetentionDays: .*, got 0"),
        (
            {"flows": [{**FLOW, "consolidation": 3}]},
            r"a2i\.flows\.0\.consolidation\.str: .*, got 3",
        ),
        ({"data": "retain"}, "a2i.data: .*, got 'retain'"),
        ({"requests": {"eventSources": [""]}}, r"a2i\.requests\.eventSources\.0: .*, got ''"),
        ({"requests": {"queueMaxAge": "a day"}}, "a2i.requests.queueMaxAge: .*, got 'a day'"),
        ({"monitoring": {"tracing": "maybe"}}, "a2i.monitoring.tracing: .*, got 'maybe'"),
    ],
)
def test_fails_with_key_value_and_what_is_allowed(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        read_settings(context(settings))


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
