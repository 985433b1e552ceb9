"""The smoke test of a real account, in the local AWS: what is scripted is the person alone."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest

from a2i_cli.aws import AwsClients
from a2i_cli.demo.portal_client import PortalClient, answer_open_tasks
from a2i_cli.smoke.run import Account, run_smoke_test
from a2i_cli.smoke.workforce import workforce_context
from a2i_local.cdk_cli import python_app
from tests.end_to_end.conftest import ROOT, WORKER, Project
from tests.end_to_end.existing_workforce import ExistingWorkforce

pytestmark = [pytest.mark.local_aws, pytest.mark.xdist_group("smoke")]

STACK = "Smoke"


def answered_by(project: Project, person: str, _portal: str) -> None:
    portal = PortalClient(project.local.portal_url)
    answer = {"sentiment": {"label": "Neutral"}}
    assert list(answer_open_tasks(portal, [person], expected=1, answer=lambda _page: answer))


def run(project: Project, person: str) -> dict[str, Any]:
    clients = AwsClients(project.local.environment)

    def cdk(verb: str, stack: str, context: Mapping[str, str]) -> None:
        getattr(project.cli, verb)(python_app(ROOT / "app.py"), stack, context=context)

    return run_smoke_test(
        Account(clients, cdk, partial(answered_by, project, person), 120),
        workforce_context(clients.sagemaker, WORKER, ()),
        worker=WORKER,
        say=print,
        stack=STACK,
    )


def test_one_review_in_a_new_workforce_and_in_one_that_is_there(project: Project) -> None:
    report = run(project, WORKER)

    assert (report["passed"], report["leftBehind"]) == (True, [])
    observed = {fact["question"]: fact["observed"] for fact in report["facts"]}
    assert observed["shape of the portal's host"] == "<id>.labeling.<region>.sagemaker.aws"
    assert observed["sign-in settings of the app client"]["callbacks"] == ["/oauth2/idpresponse"]
    other_input = observed["a start with the same name and another input"]
    assert other_input["error"] == "ConflictException"
    assert observed["a start with almost 3 MiB of input"] == "accepted"
    no_location = observed["a role without s3:GetBucketLocation"]
    assert "s3:GetBucketLocation" in no_location["message"]
    text = json.dumps(report)
    for private in (WORKER, "Neutral", project.local.environment["AWS_ACCESS_KEY_ID"], STACK):
        assert private not in text

    existing = ExistingWorkforce.make(project)
    before = existing.state()
    report = run(project, WORKER)

    assert (report["passed"], report["leftBehind"]) == (True, [])
    assert existing.state() == before
