"""Every expected failure is one line on stderr and exit code 1, and starting stays quick."""

import json
import socket
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
            "check the name, AWS_REGION",
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


def _run(failure: BaseException) -> Result:
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


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["loop", "list", "--limit", "0"], "0"),
        (["loop", "list", "--status", "Open"], "'Stopped', 'Stopping'"),
        (["queue", "show", "--dead-letters", "many"], "many"),
        (["loop", "show"], "missing argument 'NAME'"),
        (["loop", "list", "--limits", "1"], "--limits"),
        (["loop", "start"], "pass --request, or --review-id and --input"),
        (["local", "up", "--sign-in", "never"], "'development', 'required'"),
        (["lop"], "lop"),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_one_line_with_its_value_and_where_to_read_on(
    a2i: A2ICommand, stack: DeployedStack, arguments: list[str], words: str
) -> None:
    result = a2i(*arguments, *(["--stack", stack.name] if arguments == ["loop", "start"] else []))
    (line,) = result.stderr.splitlines()
    assert (result.exit_code, result.stdout) == (2, "")
    assert line.startswith("error: ")
    assert words in line
    assert line.endswith(" --help")


@pytest.mark.parametrize(
    ("failure", "line"),
    [
        (PermissionError(13, "Permission denied", "cdk.json"), "cdk.json: Permission denied"),
        (OSError(28, "No space left on device"), "No space left on device"),
    ],
)
def test_what_the_operating_system_refuses_is_one_line(failure: OSError, line: str) -> None:
    result = _run(failure)
    assert (result.exit_code, result.stderr, result.stdout) == (1, f"error: {line}\n", "")


def test_naming_no_command_shows_the_help() -> None:
    result = CliRunner().invoke(app, [])
    assert result.exit_code == 2
    assert "Usage" in result.stdout
    assert "error" not in result.stderr


def test_ctrl_c_ends_a_command_with_130() -> None:
    result = _run(KeyboardInterrupt())
    assert (result.exit_code, result.stderr, result.stdout) == (130, "", "")


@pytest.mark.parametrize("name", ["", "a b", "Reviews/x", "1st"])
def test_fails_when_a_name_cannot_be_that_of_a_stack(a2i: A2ICommand, name: str) -> None:
    listed = a2i("review", "list", "--stack", name)
    assert listed.exit_code == 1
    assert f"{name!r} cannot be the name of a stack" in listed.stderr


def test_fails_when_the_endpoint_is_no_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "localhost:4566")
    listed = CliRunner().invoke(app, ["review", "list", "--stack", "Reviews"])
    assert listed.exit_code == 1
    assert "AWS_ENDPOINT_URL is 'localhost:4566', not a URL" in listed.stderr


def test_gives_up_soon_where_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{reserved.getsockname()[1]}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        pauses: list[float] = []
        monkeypatch.setattr("time.sleep", pauses.append)
        listed = CliRunner().invoke(app, ["review", "list", "--stack", "Reviews"])
    assert listed.exit_code == 1
    assert "Could not connect to the endpoint URL" in listed.stderr
    assert len(pauses) == 2


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


@pytest.mark.process
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
