"""Clients with the variables of `a2i local env` ask nothing but 127.0.0.1, whatever the service.

An attempt to leave is refused and recorded: by a patched `socket.getaddrinfo` in Python, by a
module that Node loads first in the CDK CLI.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_ssm as ssm
from botocore import xform_name
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from a2i_cli.main import app
from a2i_local.cdk_bootstrap import create_bootstrap, default_bootstrap
from a2i_local.host import LocalAws
from a2i_local.host.clients import make_client
from a2i_local.host.instance import announced, default_directory
from a2i_local.host.settings import LOOPBACK, SERVICES, node_folders, shell_path

pytestmark = pytest.mark.local_aws

REPOSITORY = Path(__file__).parents[4]
ARN = "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/none"
# MiniStack's names where the SDK has others.
SDK_NAMES = {
    "monitoring": "cloudwatch",
    "states": "stepfunctions",
    "tagging": "resourcegroupstaggingapi",
}
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "apigateway": ("GetRestApis", {}),
    "apigatewayv2": ("GetApis", {}),
    "cloudformation": ("ListStacks", {}),
    "cloudwatch": ("DescribeAlarms", {}),
    "cognito-idp": ("ListUserPools", {"MaxResults": 1}),
    "comprehend": ("DetectSentiment", {"Text": "fine", "LanguageCode": "en"}),
    "dynamodb": ("ListTables", {}),
    "dynamodbstreams": ("ListStreams", {}),
    "events": ("ListEventBuses", {}),
    "iam": ("ListRoles", {}),
    "kms": ("ListKeys", {}),
    "lambda": ("ListFunctions", {}),
    "logs": ("DescribeLogGroups", {}),
    "pipes": ("ListPipes", {}),
    "resourcegroupstaggingapi": ("GetResources", {}),
    "s3": ("ListBuckets", {}),
    "sagemaker": ("ListWorkforces", {}),
    "sagemaker-a2i-runtime": ("DescribeHumanLoop", {"HumanLoopName": "none"}),
    "sagemaker-runtime": ("InvokeEndpoint", {"EndpointName": "none", "Body": b"{}"}),
    "scheduler": ("ListSchedules", {}),
    "secretsmanager": ("ListSecrets", {}),
    "sns": ("ListTopics", {}),
    "sqs": ("ListQueues", {}),
    "ssm": ("GetParametersByPath", {"Path": "/"}),
    "stepfunctions": ("ListStateMachines", {}),
    "sts": ("GetCallerIdentity", {}),
}
PYTHON_GUARD = f"""
import os, socket
resolve = socket.getaddrinfo

def guarded(host, *arguments, **options):
    if host != "{LOOPBACK}":
        with open(os.environ["GUARD_LOG"], "a") as log:
            log.write(f"{{host}}\\n")
        raise OSError(f"{{host}} is not this machine")
    return resolve(host, *arguments, **options)

socket.getaddrinfo = guarded
"""
NODE_GUARD = f"""
const dns = require("dns"), fs = require("fs");
const lookup = dns.lookup;
dns.lookup = (host, ...rest) => {{
  if (host === "{LOOPBACK}") return lookup(host, ...rest);
  fs.appendFileSync(process.env.GUARD_LOG, `${{host}}\\n`);
  rest.at(-1)(new Error(`${{host}} is not this machine`));
}};
"""


@pytest.fixture(scope="module")
def shell(local_aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """What `a2i local env` gives a shell whose PATH has the pinned AWS CLI."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        patch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.defpath]))
        with announced(local_aws.environment, default_directory()):
            printed = CliRunner().invoke(app, ["local", "env", "--json"])
    return json.loads(printed.stdout)  # type: ignore[no-any-return]


@pytest.fixture
def left(tmp_path: Path) -> Iterator[Path]:
    """Log of the hosts that were asked besides 127.0.0.1; the test fails unless it is empty."""
    log = tmp_path / "left.log"
    log.touch()
    yield log
    assert log.read_text() == "", "asked hosts that are not this machine"


def test_every_service_of_the_local_aws_is_called() -> None:
    assert {SDK_NAMES.get(name, name) for name in SERVICES} <= set(CALLS)


@pytest.mark.parametrize("service", CALLS)
def test_boto3_stays_local(
    service: str, shell: Mapping[str, str], left: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in shell.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GUARD_LOG", str(left))
    monkeypatch.setattr(socket, "getaddrinfo", socket.getaddrinfo)
    exec(PYTHON_GUARD, {})  # noqa: S102 - monkeypatch takes it back
    operation, parameters = CALLS[service]
    make_any: Any = boto3.session.Session().client
    try:
        getattr(make_any(service), xform_name(operation))(**parameters)
    except ClientError:
        if "none" not in parameters.values():  # what there is none of
            raise


@pytest.mark.parametrize("service", CALLS)
def test_the_aws_cli_stays_local(
    service: str, shell: Mapping[str, str], left: Path, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(PYTHON_GUARD)
    operation, parameters = CALLS[service]
    command = [{"s3": "s3api"}.get(service, service), xform_name(operation).replace("_", "-")]
    for name, value in parameters.items():
        text = value.decode() if isinstance(value, bytes) else str(value)
        command += [f"--{xform_name(name).replace('_', '-')}", text]
    if service == "sagemaker-runtime":
        command.append("/dev/null")  # where the answer goes
    guard = {"GUARD_LOG": str(left), "PYTHONPATH": str(tmp_path)}
    ended = subprocess.run(
        ["aws", *command],
        env={**os.environ, **shell, **guard},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0 or "none" in parameters.values(), ended.stderr


def test_the_cdk_cli_stays_local(
    shell: Mapping[str, str], left: Path, local_aws: LocalAws, tmp_path: Path
) -> None:
    cdk_app = App(outdir=str(tmp_path / "cdk.out"))
    ssm.StringParameter(
        Stack(cdk_app, "Tiny"), "Parameter", parameter_name="tiny", string_value="x"
    )
    cdk_app.synth()
    (tmp_path / "guard.cjs").write_text(NODE_GUARD)
    create_bootstrap(default_bootstrap("123456789012", "us-east-1"), local_aws.environment)
    path = os.pathsep.join([*node_folders(), shell["PATH"]])
    guard = {
        "GUARD_LOG": str(left),
        "NODE_OPTIONS": f"--require={tmp_path / 'guard.cjs'}",
        "PATH": path,
        "CDK_HOME": str(tmp_path),  # the CLI keeps what it has asked for an hour
    }
    subprocess.run(
        [
            str(shutil.which("node", path=path)),
            str(REPOSITORY / "node_modules" / "aws-cdk" / "bin" / "cdk"),
            "deploy",
            "--app=cdk.out",
            "--require-approval=never",
        ],
        cwd=tmp_path,
        env={**os.environ, **shell, **guard},
        check=True,
        timeout=300,
    )
    found = make_client("ssm", local_aws.environment).get_parameter(Name="tiny")
    assert found["Parameter"]["Value"] == "x"


def test_our_aws_command_comes_once_and_first() -> None:
    once = shell_path("/usr/bin:/bin")
    assert shell_path(once) == once
    assert Path(once.split(os.pathsep)[0], "aws").is_file()


def test_two_installations_do_not_call_each_other(tmp_path: Path) -> None:
    other = tmp_path / "other one"
    other.mkdir()
    shutil.copy(Path(shell_path("").split(os.pathsep)[0], "aws"), other)
    ended = subprocess.run(
        ["aws", "--version"],
        env={"PATH": shell_path(f"{other}:/nowhere")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 127
    assert "the AWS CLI is not installed" in ended.stderr
