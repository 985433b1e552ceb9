"""`a2i local up`, `env` and `down`, as processes of a shell."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import urllib3

from a2i_local.host.clients import make_client
from a2i_local.host.listeners import listen, port_of
from tests.tools.a2i_local.host.processes import take_ctrl_c

pytestmark = pytest.mark.local_aws

SOURCES = Path(__file__).parents[4]
PATIENCE_SECONDS = 120
"""A command starts in a second or two, and in far more where others use the processors."""
ANY_PORTS = ("--port", "0", "--portal-port", "0")
WITH_DEFAULT_PORTS = """
import sys
from a2i_local.host import findable
findable.DEFAULT_PORT, findable.DEFAULT_PORTAL_PORT = map(int, sys.argv.pop(1).split(":"))
from a2i_cli.__main__ import main
main()
"""
"""The `a2i` command with other default ports, `AWS:PORTAL`: those of the machine are anybody's."""


class Shell:
    """Runs `a2i local` with a home of its own."""

    def __init__(self, home: Path) -> None:
        self.program = ["-m", "a2i_cli"]
        self._running: list[subprocess.Popen[str]] = []
        self.said: list[str] = []
        self.state_file = home / "runtime" / "a2i" / "local-aws.json"
        self._environment = {
            **os.environ,
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home / "runtime"),
            "PYTHONPATH": os.pathsep.join(
                str(SOURCES / folder) for folder in ("tools", "constructs")
            ),
        }

    def up(self, *options: str, ports: tuple[str, ...] = ANY_PORTS) -> subprocess.Popen[str]:
        """Start one, and return when it has said where it is; `said` has the lines before."""
        process = self.start("up", *ports, *options)
        assert process.stdout is not None
        for line in process.stdout:
            self.said.append(line.rstrip())
            if line.startswith("in other shells"):
                break
        return process

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            self._command(*arguments),
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=take_ctrl_c,  # noqa: PLW1509  # one call of the kernel
        )
        self._running.append(process)
        return process

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._command(*arguments),
            env=self._environment | variables,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def end(self) -> None:
        self.run("down")  # what was detached
        for process in self._running:
            process.kill()
            process.communicate()

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, *self.program, "local", *arguments]


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    made = Shell(tmp_path)
    yield made
    made.end()


@pytest.mark.parametrize("command", ["env", "down", "invitations"])
def test_fails_while_nothing_runs(shell: Shell, command: str) -> None:
    ended = shell.run(command)

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert "no local AWS is running: start one with 'a2i local up'" in ended.stderr


def test_env_points_a_shell_at_the_running_one(shell: Shell) -> None:
    shell.up()

    printed = shell.run("env").stdout.splitlines()
    environment = json.loads(shell.run("env", "--json").stdout)

    assert [line.partition(" ")[0] for line in printed] == ["export"] * len(environment)
    names = [line.removeprefix("export ").partition("=")[0] for line in printed]
    assert names == list(environment)
    assert environment["A2I_PORTAL_URL"].endswith("/_a2i/portal")
    assert make_client("sts", environment).get_caller_identity()["Account"] == "123456789012"


def test_env_removes_what_would_point_elsewhere(shell: Shell) -> None:
    shell.up()

    printed = shell.run("env", AWS_PROFILE="production", AWS_SESSION_TOKEN="token")

    assert printed.stdout.splitlines()[0] == "unset AWS_PROFILE AWS_SESSION_TOKEN"


def test_invitations_show_what_cognito_would_have_sent(shell: Shell) -> None:
    shell.up("--sign-in", "required")
    environment = json.loads(shell.run("env", "--json").stdout)
    assert shell.run("invitations").stdout == "nobody is waiting for a first sign-in\n"

    cognito = make_client("cognito-idp", environment)
    pool = cognito.create_user_pool(PoolName="p", UsernameAttributes=["email"])["UserPool"]["Id"]
    cognito.create_user_pool_domain(UserPoolId=pool, Domain="reviewers")
    app = cognito.create_user_pool_client(UserPoolId=pool, ClientName="c", GenerateSecret=True)[
        "UserPoolClient"
    ]
    cognito.admin_create_user(UserPoolId=pool, Username="ann@example.com")
    identity = {"UserPool": pool, "ClientId": app["ClientId"]}
    make_client("sagemaker", environment).create_workforce(
        WorkforceName="default", CognitoConfig=identity
    )

    (invitation,) = _invitations_soon(shell)
    assert invitation["email"] == "ann@example.com"
    assert invitation["temporaryPassword"] in shell.run("invitations").stdout
    portal = environment["A2I_PORTAL_URL"].removesuffix("/portal")
    assert urllib3.request("GET", f"{portal}/api/session").json()["signInRequired"] is True
    refused = urllib3.request("GET", f"{portal}/api/tasks?worker=ann@example.com")
    assert refused.status == 401


def test_up_is_bootstrapped_for_the_cdk(shell: Shell) -> None:
    shell.up()
    environment = json.loads(shell.run("env", "--json").stdout)

    buckets = make_client("s3", environment).list_buckets()["Buckets"]

    assert [bucket["Name"] for bucket in buckets] == ["cdk-hnb659fds-assets-123456789012-us-east-1"]


def test_down_ends_it(shell: Shell) -> None:
    process = shell.up()

    assert shell.run("down").returncode == 0

    assert process.wait(timeout=PATIENCE_SECONDS) == 0
    assert shell.run("env").returncode == 1


def test_ctrl_c_ends_it(shell: Shell) -> None:
    process = shell.up()

    process.send_signal(signal.SIGINT)

    assert process.wait(timeout=PATIENCE_SECONDS) == 0
    assert shell.run("env").returncode == 1


def test_a_second_one_is_refused(shell: Shell) -> None:
    shell.up()

    second = shell.run("up")

    assert second.returncode == 1
    assert "error: a local AWS is running already" in second.stderr


def test_what_a_killed_one_left_is_not_believed(shell: Shell) -> None:
    process = shell.up()
    process.kill()
    process.wait(timeout=PATIENCE_SECONDS)

    assert json.loads(shell.state_file.read_text(encoding="utf-8"))["pid"] == process.pid
    assert shell.run("env").returncode == 1
    assert shell.up().poll() is None


def test_a_host_that_died_ends_the_command_with_the_reason(shell: Shell) -> None:
    process = shell.up()
    host = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="utf-8")

    os.kill(int(host), signal.SIGKILL)
    said, _ = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 1
    assert "the local AWS ended with exit status -9" in said


def test_a_port_in_use_is_one_line(shell: Shell) -> None:
    shell.up()
    port = json.loads(shell.run("env", "--json").stdout)["AWS_ENDPOINT_URL"].rpartition(":")[2]

    refused = shell.run("up", "--port", port, XDG_RUNTIME_DIR=str(shell.state_file.parent))

    assert refused.returncode == 1
    assert f"port {port} for AWS clients is in use" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_default_port_that_is_taken_is_told_in_one_line(shell: Shell) -> None:
    with listen(0, "this test") as aws, listen(0, "this test") as portal:
        aws_port, portal_port = port_of(aws), port_of(portal)
        shell.program = ["-c", WITH_DEFAULT_PORTS, f"{aws_port}:{portal_port}"]
        shell.up(ports=())

    environment = json.loads(shell.run("env", "--json").stdout)
    port = environment["AWS_ENDPOINT_URL"].rpartition(":")[2]
    assert f"note: port {aws_port} is taken: the AWS endpoint has {port}" in shell.said
    assert any(f"port {portal_port} is taken: the worker portal" in line for line in shell.said)
    assert int(port) > aws_port


def test_a_detached_one_answers_when_the_command_returns_and_ends_with_down(shell: Shell) -> None:
    started = shell.run("up", "--detach", "--port", "0", "--sign-in", "required")

    assert started.returncode == 0, started.stderr
    environment = json.loads(shell.run("env", "--json").stdout)
    assert f"worker portal  {environment['A2I_PORTAL_URL']}" in started.stdout
    assert "'a2i local down' ends it" in started.stdout
    assert make_client("s3", environment).list_buckets()["Buckets"], "not bootstrapped"
    assert "running already" in shell.run("up", "--detach").stderr
    assert shell.run("down").returncode == 0
    assert shell.run("env").returncode == 1


def test_a_detached_one_that_cannot_start_says_why(shell: Shell) -> None:
    taken = listen(0, "this test")

    refused = shell.run("up", "--detach", "--port", str(port_of(taken)))

    assert refused.returncode == 1
    assert refused.stderr.startswith(f"error: port {port_of(taken)} for AWS clients is in use")
    assert shell.run("env").returncode == 1


def test_ctrl_c_before_a_detached_one_answers_leaves_nothing(shell: Shell) -> None:
    starting = shell.start("up", "--detach", "--port", "0")
    _wait_until((shell.state_file.parent / "local-up.log").exists)

    starting.send_signal(signal.SIGINT)

    assert starting.wait(timeout=PATIENCE_SECONDS) == 0
    # What it had started itself ends when its standard input does.
    _wait_until(lambda: not _living_with(str(shell.state_file.parent.parent)))


def _living_with(text: str) -> list[str]:
    """Return the processes whose environment holds a text."""
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if text.encode() in environment.read_bytes():
                found.append(environment.parent.name)
    return found


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _invitations_soon(shell: Shell) -> list[dict[str, str]]:
    """Ask until the workforce is active."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found: list[dict[str, str]] = json.loads(shell.run("invitations", "--json").stdout)
        if found:
            return found
    raise AssertionError(f"nobody was invited within {PATIENCE_SECONDS} seconds")
