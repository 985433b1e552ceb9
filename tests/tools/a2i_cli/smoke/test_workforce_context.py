"""Settings of the smoke test for the workforce that a region has."""

import json
from typing import Any

import pytest

from a2i_cli.failures import CommandError
from a2i_cli.smoke.workforce import workforce_context

WORKER = "ana@example.com"


class FakeSageMaker:
    """SageMaker with the workforces of a region."""

    def __init__(self, *workforces: dict[str, Any]) -> None:
        self.workforces = workforces

    def list_workforces(self, **_: Any) -> dict[str, Any]:
        return {"Workforces": self.workforces}


def context(*workforces: dict[str, Any], worker: str | None = WORKER, groups: Any = ()) -> Any:
    sagemaker: Any = FakeSageMaker(*workforces)
    return workforce_context(sagemaker, worker, groups)


def test_a_region_without_a_workforce_gets_one_with_the_worker() -> None:
    assert context() == {
        "a2i.workforce.mode": "create",
        "a2i.workforce.workers": json.dumps([WORKER]),
    }


def test_the_workforce_that_is_there_is_adopted() -> None:
    found = context({"WorkforceName": "ours", "CognitoConfig": {}})
    assert (found["a2i.workforce.mode"], found["a2i.workforce.name"]) == ("adopt", "ours")
    assert found["a2i.workforce.workers"] == "[]"


def test_groups_of_an_identity_provider_answer_where_it_signs_people_in() -> None:
    ours = {"WorkforceName": "ours", "OidcConfig": {}}
    found = context(ours, worker=None, groups=["reviewers"])
    assert found["a2i.workforce.identity"] == "oidc"
    assert found["a2i.workforce.groups"] == '["reviewers"]'
    with pytest.raises(CommandError, match="pass --group"):
        context(ours)


@pytest.mark.parametrize("workforces", [(), ({"WorkforceName": "ours", "CognitoConfig": {}},)])
def test_fails_without_somebody_who_answers(workforces: tuple[dict[str, Any], ...]) -> None:
    with pytest.raises(CommandError, match="pass --worker"):
        context(*workforces, worker=None)
