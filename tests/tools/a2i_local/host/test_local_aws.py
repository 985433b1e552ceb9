"""Starting and ending a local AWS, and what it is while it runs."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import urllib3

from a2i_local.host import LocalAws, LocalAwsError
from a2i_local.host.clients import make_client
from tests.tools.a2i_local.host.processes import listening_addresses, living_processes

pytestmark = pytest.mark.local_aws

PATIENCE_SECONDS = 60
LOOPBACK_HEX = "0100007F"
SOURCES = Path(__file__).parents[4] / "tools"
TEMPLATE = {"Content": "<p>text</p>"}


def test_listens_on_the_loopback_only_and_leaves_443_alone(local_aws: LocalAws) -> None:
    endpoint = local_aws.endpoint

    assert listening_addresses(local_aws.pid) == {
        (LOOPBACK_HEX, endpoint.port),
        (LOOPBACK_HEX, endpoint.portal_port),
    }


def test_answers_https_with_a_certificate_of_its_own_authority(local_aws: LocalAws) -> None:
    health = f"{local_aws.endpoint.url}/_ministack/health"

    assert _trusting(local_aws).request("GET", health).status == 200
    with pytest.raises(urllib3.exceptions.MaxRetryError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib3.request("GET", health)


def test_private_files_are_readable_by_their_owner_only(local_aws: LocalAws) -> None:
    folder = local_aws.log_file.parent

    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "server.key").stat().st_mode & 0o777 == 0o600


def test_serves_the_portal_on_its_own_port(local_aws: LocalAws) -> None:
    answer = urllib3.request("GET", local_aws.portal_url)

    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/html")


def test_answers_administration_without_credentials(local_aws: LocalAws) -> None:
    faults = f"{local_aws.endpoint.url}/_a2i/admin/faults"

    assert _trusting(local_aws).request("GET", faults).status == 200


def test_refuses_calls_without_credentials(local_aws: LocalAws) -> None:
    call = {"X-Amz-Target": "SageMaker.ListWorkteams"}

    answer = _trusting(local_aws).request("POST", local_aws.endpoint.url, headers=call, body="{}")

    assert answer.status == 400
    assert answer.json()["__type"] == "MissingAuthenticationTokenException"


@pytest.mark.parametrize("path", ["/human-loops", "/human-loops/loop", "/human-loops/stop"])
def test_refuses_runtime_calls_without_credentials(local_aws: LocalAws, path: str) -> None:
    answer = _trusting(local_aws).request("POST", f"{local_aws.endpoint.url}{path}", body="{}")

    assert answer.status == 403
    assert answer.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"


def test_answers_carry_one_request_id(client: Callable[[str], Any]) -> None:
    answer = client("sagemaker").list_workteams()["ResponseMetadata"]

    assert "," not in answer["HTTPHeaders"]["x-amzn-requestid"]
    assert answer["RequestId"] == answer["HTTPHeaders"]["x-amzn-requestid"]


def test_answers_both_apis_of_a2i(client: Callable[[str], Any]) -> None:
    client("sagemaker").create_human_task_ui(HumanTaskUiName="both", UiTemplate=TEMPLATE)

    listed = client("sagemaker").list_human_task_uis()["HumanTaskUiSummaries"]
    runtime = client("sagemaker-a2i-runtime")

    assert [ui["HumanTaskUiName"] for ui in listed] == ["both"]
    with pytest.raises(runtime.exceptions.ResourceNotFoundException):
        runtime.describe_human_loop(HumanLoopName="unknown")


def test_fails_in_one_line_when_a_port_is_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LocalAwsError) as failure:
            LocalAws.start(portal_port=port)

    assert str(failure.value) == (
        f"port {port} for the worker portal is in use: end what listens there, or choose another"
    )


def test_fails_in_one_line_when_a_port_is_no_port() -> None:
    with pytest.raises(LocalAwsError, match="port 70000 for AWS clients must be between 0 and"):
        LocalAws.start(port=70000)


def test_fails_in_one_line_when_a_package_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shadow = tmp_path / "ministack.py"
    shadow.write_text("raise ModuleNotFoundError('missing', name='ministack')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with pytest.raises(LocalAwsError) as failure:
        LocalAws.start()

    assert str(failure.value) == (
        "package ministack is missing: the local AWS needs the extra 'local', "
        "pip install 'a2i-constructs[local]'"
    )


def test_fails_with_the_last_lines_when_the_host_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ministack.py").write_text("raise RuntimeError('broken')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with pytest.raises(LocalAwsError, match=r"ended with exit status 1: .*RuntimeError: broken"):
        LocalAws.start()


def test_says_when_the_host_has_died() -> None:
    with LocalAws.start() as aws:
        aws.check_alive()
        os.kill(aws.pid, signal.SIGKILL)

        with pytest.raises(LocalAwsError, match="ended with exit status -9"):
            _check_for_a_while(aws)


def test_leaves_no_process_and_no_file_when_stopped() -> None:
    aws = LocalAws.start()
    folder = aws.log_file.parent

    aws.stop()
    aws.stop()

    assert living_processes(aws.pid) == []
    assert not folder.exists()


def test_ends_with_its_functions_when_the_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": f"{SOURCES}{os.pathsep}{SOURCES.parent}"}
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=environment
    ) as parent:
        assert parent.stdout is not None
        host, folder = parent.stdout.readline().split()
        assert len(living_processes(int(host))) > 1, "the function's process is missing"
        parent.kill()

    _wait_until(lambda: not living_processes(int(host)))
    assert not Path(folder).exists()


def test_keeps_resources_in_a_state_folder(tmp_path: Path) -> None:
    with LocalAws.start(state_dir=tmp_path) as aws:
        make_client("s3", aws.environment).create_bucket(Bucket="kept")
        make_client("s3", aws.environment).put_object(Bucket="kept", Key="a", Body=b"content")
        make_client("sqs", aws.environment).create_queue(QueueName="kept")
        make_client("sagemaker", aws.environment).create_human_task_ui(
            HumanTaskUiName="kept", UiTemplate=TEMPLATE
        )

    with LocalAws.start(state_dir=tmp_path) as aws:
        stored = make_client("s3", aws.environment).get_object(Bucket="kept", Key="a")
        assert stored["Body"].read() == b"content"
        assert make_client("sqs", aws.environment).get_queue_url(QueueName="kept")["QueueUrl"]
        assert make_client("sagemaker", aws.environment).describe_human_task_ui(
            HumanTaskUiName="kept"
        )


def test_keeps_what_a2i_acknowledged_even_when_killed(tmp_path: Path) -> None:
    with LocalAws.start(state_dir=tmp_path) as aws:
        make_client("sagemaker", aws.environment).create_human_task_ui(
            HumanTaskUiName="kept", UiTemplate=TEMPLATE
        )
        os.kill(aws.pid, signal.SIGKILL)

    with LocalAws.start(state_dir=tmp_path) as aws:
        assert make_client("sagemaker", aws.environment).describe_human_task_ui(
            HumanTaskUiName="kept"
        )


def test_fails_in_one_line_when_the_state_folder_is_in_use(tmp_path: Path) -> None:
    with LocalAws.start(state_dir=tmp_path), pytest.raises(LocalAwsError) as failure:
        LocalAws.start(state_dir=tmp_path)

    assert str(failure.value) == (
        f"state folder {tmp_path} is in use by another local AWS: end that, or choose another"
    )


def test_fails_in_one_line_when_the_state_folder_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(LocalAwsError) as failure:
        LocalAws.start(state_dir=tmp_path / "file" / "state")

    assert str(failure.value) == (
        f"state folder {tmp_path}/file/state cannot be made: Not a directory"
    )


def test_follows_the_region_but_no_other_setting_of_the_caller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "a token of production")

    with LocalAws.start() as aws:
        made = make_client("sqs", aws.environment).create_queue(QueueName="queue")["QueueUrl"]
        arn = make_client("sqs", aws.environment).get_queue_attributes(
            QueueUrl=made, AttributeNames=["QueueArn"]
        )["Attributes"]["QueueArn"]

    assert arn == "arn:aws:sqs:eu-west-1:123456789012:queue"


def _trusting(aws: LocalAws) -> urllib3.PoolManager:
    return urllib3.PoolManager(ca_certs=aws.environment["AWS_CA_BUNDLE"])


def _check_for_a_while(aws: LocalAws) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        aws.check_alive()
        time.sleep(0.05)


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen within {PATIENCE_SECONDS} seconds"
        time.sleep(0.05)


PARENT = textwrap.dedent(
    """
    import io, json, time, zipfile
    from a2i_local.host import LocalAws
    from a2i_local.host.clients import make_client

    aws = LocalAws.start()
    trust = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                            "Principal": {"Service": "lambda.amazonaws.com"}}]}
    role = make_client("iam", aws.environment).create_role(
        RoleName="function", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", "def handler(event, context): return 1")
    functions = make_client("lambda", aws.environment)
    functions.create_function(FunctionName="f", Runtime="python3.14", Handler="index.handler",
                              Role=role, Code={"ZipFile": code.getvalue()})
    functions.get_waiter("function_active_v2").wait(FunctionName="f")
    functions.invoke(FunctionName="f")
    print(aws.pid, aws.log_file.parent, flush=True)
    time.sleep(600)
    """
)
