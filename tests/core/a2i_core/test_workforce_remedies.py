"""Remedies for a workforce: what is recommended works, in the settings and in the constructs."""

import json
import re
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

import a2i_constructs
from a2i_core import workforce_remedies
from a2i_core.workforce_remedies import Identity
from infra.settings_source import read_settings
from tests.infra.synthesis import OIDC, context

IDENTITIES: list[Identity] = ["cognito", "oidc"]


@pytest.mark.parametrize("identity", IDENTITIES)
def test_the_settings_that_adopt_are_accepted(identity: Identity) -> None:
    remedy = workforce_remedies.adopt("reviewers", identity)
    [document] = re.findall(r"set a2i\.workforce to (\{.*\})", remedy.in_settings)
    workforce = read_settings(context(workforce=json.loads(document))).workforce
    assert (workforce.mode, workforce.name) == ("adopt", "reviewers")
    assert workforce.identity == identity


@pytest.mark.parametrize("identity", IDENTITIES)
def test_the_construct_that_adopts_is_the_librarys(identity: Identity) -> None:
    remedy = workforce_remedies.adopt("reviewers", identity)
    [expression] = re.findall(r"define (\w+\(.*?\))", remedy.in_own_app)
    stack = Stack(App(), "Own")
    eval(expression, vars(a2i_constructs), {"self": stack})  # noqa: S307 - our own message
    Template.from_stack(stack).has_resource_properties(
        "Custom::A2IAdoptedWorkforce", {"WorkforceName": "reviewers", "Identity": identity}
    )


def test_the_settings_that_create_are_accepted() -> None:
    adopting: dict[str, Any] = {"mode": "adopt", "identity": "cognito"}
    assert 'mode to "create"' in workforce_remedies.create("cognito").in_settings
    read_settings(context(workforce=adopting | {"mode": "create"}))

    remedy = workforce_remedies.create("oidc").in_settings
    assert 'mode to "create-oidc"' in remedy
    assert "drop a2i.workforce.identity" in remedy
    read_settings(context(workforce={"mode": "create-oidc", "groups": ["g"], "oidc": OIDC}))


def test_both_remedies_are_given_where_the_reader_is_not_known() -> None:
    said = str(workforce_remedies.adopt_by_name("theirs"))
    assert said == (
        'set a2i.workforce.name to "theirs"; in an app of your own, pass workforce_name="theirs"'
    )


@pytest.mark.parametrize(
    ("identity", "mode", "construct"),
    [("cognito", "create", "PrivateWorkforce"), ("oidc", "create-oidc", "OidcWorkforce")],
)
def test_what_to_keep_is_said_in_both_spellings(
    identity: Identity, mode: str, construct: str
) -> None:
    remedy = workforce_remedies.keep("default", identity)
    assert f'a2i.workforce.mode "{mode}"' in remedy.in_settings
    assert f'{construct} with workforce_name="default"' in remedy.in_own_app
    assert hasattr(a2i_constructs, construct)
