"""Every expected failure is one line on stderr and exit code 1, and starting stays quick."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
    SSLError,
    TokenRetrievalError,
)
from typer.testing import CliRunner, Result

from a2i_cli.aws_errors import explain
from a2i_cli.failures import CommandError, OperatorGroup
from a2i_cli.main import app
from tests.tools.a2i_cli.small_stack import A2ICommand, DeployedStack


def _refusal(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "ListHumanLoops")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            _refusal("AccessDeniedException", "User: x is not authorized to perform: sagemaker:X"),
            "AWS refused ListHumanLoops: AccessDeniedException: User: x is not authorized to"
            " perform: sagemaker:X: allow this action",
        ),
        (_refusal("ExpiredTokenException", "expired"), "sign in again"),
        (
            _refusal("ResourceNotFoundException", "no loop"),
            "check the name, AWS_REGION and --stack",
        ),
        (_refusal("ServiceQuotaExceededException", "too many"), "ask AWS for a higher quota"),
        (_refusal("SomethingNew", "AWS says so"), "SomethingNew: AWS says so"),
        (NoRegionError(), "set AWS_REGION"),
        (NoCredentialsError(), "check AWS_PROFILE"),
        (TokenRetrievalError(provider="sso", error_msg="expired"), "sign in again"),
        (ProfileNotFound(profile="nobody"), "correct AWS_PROFILE, or unset it"),
        (EndpointConnectionError(endpoint_url="https://x"), "whether the region has A2I"),
        (
            SSLError(endpoint_url="https://127.0.0.1", error=OSError("self-signed")),
            "set AWS_CA_BUNDLE",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_explains_what_aws_refused_and_what_to_do(error: Exception, expected: str) -> None:
    assert expected in explain(error)


def _run(failure: Exception) -> Result:
    failing = typer.Typer(cls=OperatorGroup)

    @failing.callback()
    def group() -> None: ...

    @failing.command()
    def fail() -> None:
        raise failure

    return CliRunner().invoke(failing, ["fail"])


def test_a_failure_is_one_line_whatever_its_message_holds() -> None:
    result = _run(CommandError("two\nlines"))
    assert (result.exit_code, result.stderr, result.stdout) == (1, "error: two lines\n", "")


def test_a_fault_of_the_program_keeps_its_traceback() -> None:
    assert isinstance(_run(KeyError("fault")).exception, KeyError)


def test_fails_when_the_stack_is_not_deployed(a2i: A2ICommand) -> None:
    listed = a2i("review", "list", "--stack", "Nowhere")
    assert listed.exit_code == 1
    assert "no stack 'Nowhere' with reviews is deployed in us-east-1" in listed.stderr


def test_takes_the_stack_that_cdk_json_names(
    a2i: A2ICommand, stack: DeployedStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"context": {"a2i": {"stackName": stack.name}}}
    (tmp_path / "cdk.json").write_text(json.dumps(settings))
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    assert json.loads(a2i("review", "list", "--json").stdout) == []


@pytest.mark.parametrize("content", [None, "{", "{}", "[]"])
def test_fails_when_no_stack_is_named(
    a2i: A2ICommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "cdk.json").write_text(content)
    monkeypatch.chdir(tmp_path)
    listed = a2i("review", "list")
    assert listed.exit_code == 1
    assert "error: " in listed.stderr


def test_fails_when_a_flow_is_unknown(a2i: A2ICommand, stack: DeployedStack) -> None:
    stack.add_flow()
    listed = a2i("flow", "list", "--stack", stack.name, "--flow", "sentimnt")
    assert listed.exit_code == 1
    assert "no flow definition of flow 'sentimnt'" in listed.stderr


def test_starting_imports_no_aws_client_no_cdk_no_local_aws() -> None:
    heavy = ("boto3", "botocore", "aws_cdk", "ministack", "a2i_local", "liquid")
    program = (
        f"import sys, a2i_cli.main\nprint([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("group", ["", "loop", "review", "flow", "queue", "worker", "preflight"])
def test_every_group_has_help(group: str) -> None:
    result = CliRunner().invoke(app, [*filter(None, [group]), "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.stdout
