"""The project's own stack on a local AWS, deployed by the real CDK CLI."""

import json
import ssl
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from a2i_local.cdk_cli import CdkCli, python_app
from a2i_local.host import LocalAws

ROOT = Path(__file__).parents[2]
STACK = "HumanReview"
WORKER = "alice@example.com"
CONTEXT = {
    "a2i.workforce.workers": json.dumps([WORKER]),
    "a2i.nag": "false",  # the rule packs have tests of their own, and here they only take time
}
DISPOSABLE = {
    "a2i.data.removalPolicy": json.dumps("destroy"),
    "a2i.workforce.removalPolicy": json.dumps("destroy"),
}
"""For a stack that leaves nothing; the default keeps data and workforce."""


@dataclass(frozen=True)
class Project:
    """This project's app, deployed to one local AWS."""

    local: LocalAws
    cli: CdkCli
    folder: Path

    def synth(self, name: str, context: Mapping[str, str] | None = None) -> Path:
        """Synthesise the app into a folder of the test's own."""
        app = python_app(ROOT / "app.py")
        return self.cli.synth(app, self.folder / name, context={**CONTEXT, **(context or {})})

    def client(self, service: str) -> Any:
        """A boto3 client of the account's administrator."""
        environment = self.local.environment
        session = boto3.Session(
            region_name=environment["AWS_REGION"],
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        )
        make: Any = session.client  # its overloads want literal names
        return make(
            service,
            endpoint_url=environment["AWS_ENDPOINT_URL"],
            verify=environment["AWS_CA_BUNDLE"],
        )

    def outputs(self) -> dict[str, str]:
        """The outputs of the deployed stack."""
        stack = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def event_reasons(self) -> str:
        """All that CloudFormation has said about the stack's resources so far."""
        pages = self.client("cloudformation").get_paginator("describe_stack_events")
        return " ".join(
            event.get("ResourceStatusReason", "")
            for page in pages.paginate(StackName=STACK)
            for event in page["StackEvents"]
        )

    def bring_messages_again_soon(self) -> None:
        """Have the queue of the stack give anew what the starter did not finish, after 20 s.

        By default it does after six minutes, which is longer than tests wait. A starter that is
        killed, or paused at the moment at which it is called, leaves messages so.
        """
        self.client("sqs").set_queue_attributes(
            QueueUrl=self.outputs()["QueueUrl"], Attributes={"VisibilityTimeout": "20"}
        )

    def emails(self, address: str) -> list[dict[str, Any]]:
        """The messages that went to an address: MiniStack keeps what it would send."""
        environment = self.local.environment
        with urllib.request.urlopen(  # noqa: S310 - the local AWS's own address
            f"{environment['AWS_ENDPOINT_URL']}/_ministack/ses/messages",
            context=ssl.create_default_context(cafile=environment["AWS_CA_BUNDLE"]),
        ) as answer:
            sent = json.load(answer)["messages"].values()
        return [each for account in sent for each in account if address in each["To"]]

    def send(self, request: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
        """Invoke the starter; returns its answer, and whether that is an error."""
        response = self.client("lambda").invoke(
            FunctionName=self.outputs()["StarterFunctionName"], Payload=json.dumps(request)
        )
        return json.load(response["Payload"]), "FunctionError" in response


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A local AWS of the module's own, with nothing deployed."""
    with LocalAws.start() as local:
        cli = CdkCli(local.environment, project=ROOT)
        yield Project(local, cli, tmp_path_factory.mktemp("project"))
