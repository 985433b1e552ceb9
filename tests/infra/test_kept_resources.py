"""What outlives the stack by default, in every mode: a first deployment that fails leaves none."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.infra.test_iam_reference import template_of
from tests.infra.test_workforce_modes import MODES

KEPT = {
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
    "AWS::Cognito::UserPoolDomain",
    "AWS::DynamoDB::Table",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::SageMaker::Workforce",
    "Custom::A2IOidcWorkforce",
}
WITHOUT_CHECKS = {"account", "private team", "vendor's team"}
CHECKS = {"Custom::A2IAdoptedWorkforce", "Custom::A2IWorkforcePreflight"}


@pytest.mark.parametrize("mode", MODES)
def test_what_is_kept_is_made_after_the_check_and_not_left_by_a_creation_that_fails(
    mode: str, tmp_path: Path
) -> None:
    resources: Mapping[str, Any] = template_of(MODES[mode], tmp_path)["Resources"]
    checks = {name for name, each in resources.items() if each["Type"] in CHECKS}
    assert bool(checks) == (mode not in WITHOUT_CHECKS)
    kept = {
        name: each
        for name, each in resources.items()
        if each["Type"] in KEPT and not _names_the_api(each)
    }
    assert len(kept) >= 5
    for name, resource in kept.items():
        assert resource["DeletionPolicy"] == "RetainExceptOnCreate", name
        assert checks <= set(resource.get("DependsOn", ())), name
        properties = resource["Properties"]
        # CloudFormation cannot lift it in a rollback.
        assert properties.get("DeletionProtection", "INACTIVE") == "INACTIVE"
        assert not properties.get("DeletionProtectionEnabled")
    others = {each["Type"] for each in resources.values() if each.get("DeletionPolicy") == "Retain"}
    assert others <= {"AWS::CDK::Metadata"}


def _names_the_api(resource: Mapping[str, Any]) -> bool:
    """The public client of the account's portal has its address, and goes with it."""
    return "CallbackURLs" in resource["Properties"]
