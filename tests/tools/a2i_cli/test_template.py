"""`a2i template`, from the command line."""

import json
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber
from typer.testing import CliRunner, Result

from a2i_cli.aws import AwsClients
from a2i_cli.main import app
from worker_template import bundled_template_path

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

SENTIMENT = bundled_template_path("sentiment_review")
ROLE = "arn:aws:iam::111122223333:role/ReadsSamples"
LOADER = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
BROKEN = (
    f"{LOADER}\n<crowd-form>\n"
    "  <crowd-input></crowd-input>\n"
    "  <button>100%</button>{{ task.input.a }}\n"
    "</crowd-form>\n"
)


def a2i(*arguments: str | Path, clients: AwsClients | None = None) -> Result:
    return CliRunner().invoke(app, ["template", *map(str, arguments)], obj=clients)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.liquid.html"
    path.write_text(BROKEN, encoding="utf-8")
    return path


class StubbedSageMaker(AwsClients):
    """A SageMaker client that refuses calls its API model does not allow."""

    def __init__(self) -> None:
        self._client = boto3.client(
            "sagemaker", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        self.stubber = Stubber(self._client)
        self.stubber.activate()

    @property
    def sagemaker(self) -> "SageMakerClient":
        return self._client


def test_check_of_a_good_template_succeeds_and_says_so() -> None:
    result = a2i("check", SENTIMENT)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr == "1 template, nothing found\n"


def test_check_takes_a_folder_of_templates() -> None:
    result = a2i("check", SENTIMENT.parent)
    assert result.exit_code == 0
    assert result.stderr == "5 templates, nothing found\n"


def test_check_prints_place_severity_rule_and_fails_on_an_error(broken: Path) -> None:
    result = a2i("check", broken)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0].startswith(f"{broken}:3:3: error [control-name-missing] crowd-input has no")
    assert lines[1].startswith(f"{broken}:4:3: warning [submitting-button] a button without type")
    assert result.stderr == "1 template, 1 error, 1 warning\n"


def test_check_of_a_template_with_warnings_only_succeeds(broken: Path) -> None:
    broken.write_text(BROKEN.replace("<crowd-input>", '<crowd-input name="a">'), encoding="utf-8")
    result = a2i("check", broken)
    assert result.exit_code == 0
    assert "warning [submitting-button]" in result.stdout


def test_check_as_json_is_a_list_of_paths_with_their_findings(broken: Path) -> None:
    result = a2i("check", broken, SENTIMENT, "--format", "json")
    assert result.exit_code == 1
    first, second = json.loads(result.stdout)
    assert first["path"] == str(broken)
    assert [sorted(finding) for finding in first["findings"]] == [
        ["column", "line", "message", "rule", "severity"]
    ] * 2
    assert first["findings"][0] | {"message": ""} == {
        "rule": "control-name-missing",
        "severity": "error",
        "line": 3,
        "column": 3,
        "message": "",
    }
    assert second == {"path": str(SENTIMENT), "findings": []}


def test_check_for_github_is_workflow_commands(broken: Path) -> None:
    result = a2i("check", broken, "--format", "github")
    first, second = result.stdout.splitlines()
    assert first.startswith(f"::error file={broken},line=3,col=3,title=control-name-missing::")
    assert second.startswith(f"::warning file={broken},line=4,col=3,title=submitting-button::")


def test_check_for_github_escapes_what_would_end_a_message(broken: Path) -> None:
    broken.write_text(BROKEN.replace("task.input.a", "100 | times%"), encoding="utf-8")
    result = a2i("check", broken, "--format", "github")
    assert "unexpected '%25'" in result.stdout


def test_check_renders_with_the_given_input(broken: Path, tmp_path: Path) -> None:
    task_input = tmp_path / "input.json"
    task_input.write_text('{"b": "x"}', encoding="utf-8")
    result = a2i("check", broken, "--input", task_input)
    assert "[sample-blank] the sample input has no task.input.a, AWS would show a blank" in (
        result.stdout
    )


def test_check_uses_the_sample_beside_the_template(broken: Path) -> None:
    broken.with_name("broken.sample.json").write_text('{"b": "x"}', encoding="utf-8")
    assert "[sample-blank]" in a2i("check", broken).stdout


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"{", "is not JSON"), (b"[]", "not a JSON object"), (b"\xff", "is not UTF-8")],
)
@pytest.mark.parametrize("beside", [True, False], ids=["beside", "given"])
def test_check_fails_on_a_file_that_holds_no_input(
    broken: Path, content: bytes, message: str, *, beside: bool
) -> None:
    task_input = broken.with_name("broken.sample.json" if beside else "other.json")
    task_input.write_bytes(content)
    result = a2i("check", broken, *(() if beside else ("--input", task_input)))
    assert result.exit_code == 1
    assert f"error: {task_input} " in result.stderr
    assert message in result.stderr


def test_an_input_may_begin_with_a_byte_order_mark(broken: Path) -> None:
    sample = broken.with_name("broken.sample.json")
    sample.write_text('{"b": "x"}', encoding="utf-8-sig")
    assert "[sample-blank]" in a2i("check", broken).stdout


def test_check_fails_when_one_input_is_given_for_several_templates(tmp_path: Path) -> None:
    task_input = tmp_path / "input.json"
    task_input.write_text("{}", encoding="utf-8")
    result = a2i("check", SENTIMENT.parent, "--input", task_input)
    assert result.exit_code == 2
    assert "--input is for one template, got 5" in result.stderr


def test_check_counts_a_template_once_however_often_it_is_named() -> None:
    result = a2i("check", SENTIMENT, SENTIMENT.parent)
    assert result.stderr == "5 templates, nothing found\n"


def test_check_of_a_file_that_is_no_text_fails(broken: Path) -> None:
    broken.write_bytes(b"\xff\xfe<")
    result = a2i("check", broken)
    assert result.exit_code == 1
    assert "is not UTF-8" in result.stderr


def test_check_of_an_empty_folder_fails(tmp_path: Path) -> None:
    result = a2i("check", tmp_path)
    assert result.exit_code == 1
    assert "holds no *.liquid.html" in result.stderr


def test_remote_check_sends_template_and_sample_and_reports_what_aws_says() -> None:
    clients = StubbedSageMaker()
    clients.stubber.add_response(
        "render_ui_template",
        {
            "RenderedContent": "",
            "Errors": [{"Code": "InvalidParameters", "Message": "no such filter"}],
        },
        {
            "UiTemplate": {"Content": SENTIMENT.read_text("utf-8")},
            "Task": {
                "Input": json.dumps(
                    json.loads(SENTIMENT.with_name("sentiment_review.sample.json").read_text())
                )
            },
            "RoleArn": ROLE,
        },
    )
    result = a2i("check", SENTIMENT, "--remote", "--role-arn", ROLE, clients=clients)
    assert result.exit_code == 1
    assert result.stdout == (
        f"{SENTIMENT}:1:1: error [render-ui-template] AWS says InvalidParameters: no such filter\n"
    )


def test_remote_check_without_errors_succeeds() -> None:
    clients = StubbedSageMaker()
    clients.stubber.add_response("render_ui_template", {"RenderedContent": "<p>", "Errors": []})
    result = a2i("check", SENTIMENT, "--remote", "--role-arn", ROLE, clients=clients)
    assert result.exit_code == 0
    clients.stubber.assert_no_pending_responses()


@pytest.mark.parametrize("options", [("--remote",), ("--role-arn", ROLE)])
def test_remote_check_and_its_role_go_together(options: tuple[str, ...]) -> None:
    result = a2i("check", SENTIMENT, *options)
    assert result.exit_code == 2
    assert "--remote and --role-arn go together" in result.stderr


def test_remote_check_refuses_an_input_that_aws_would_not_take(tmp_path: Path) -> None:
    task_input = tmp_path / "input.json"
    task_input.write_text(json.dumps({"taskObject": "x" * 128_000, "initialValue": "Mixed"}))
    result = a2i(
        *("check", SENTIMENT, "--input", task_input, "--remote", "--role-arn", ROLE),
        clients=StubbedSageMaker(),
    )
    assert result.exit_code == 1
    assert "RenderUiTemplate takes 128000" in result.stderr


def test_remote_check_asks_for_an_input_where_none_can_be_derived(tmp_path: Path) -> None:
    path = tmp_path / "page.liquid.html"
    path.write_text(f"{LOADER}<crowd-form>{{{{ task.input.a | no_such_filter }}}}</crowd-form>")
    result = a2i(*("check", path, "--remote", "--role-arn", ROLE), clients=StubbedSageMaker())
    assert result.exit_code == 1
    assert result.stderr.startswith(f"error: {path} has no sample input beside it, and none that")
    assert "pass --input FILE for --remote" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_render_prints_the_page_and_nothing_else() -> None:
    result = a2i("render", SENTIMENT)
    assert result.exit_code == 0
    assert result.stdout.startswith(LOADER)
    assert "the &quot;spare parts&quot; inside" in result.stdout
    assert result.stderr == ""


def test_render_without_any_input_fails(broken: Path) -> None:
    result = a2i("render", broken)
    assert result.exit_code == 1
    assert "pass --input FILE" in result.stderr


def test_render_fails_with_the_place(broken: Path, tmp_path: Path) -> None:
    broken.write_text("<p>\n{{ task.input.a | grant_read_access }}", encoding="utf-8")
    task_input = tmp_path / "input.json"
    task_input.write_text("{}", encoding="utf-8")
    result = a2i("render", broken, "--input", task_input)
    assert result.exit_code == 1
    assert f'error: {broken}:2:19: InvalidParameters: "grant_read_access" input is not' in (
        result.stderr
    )


def test_render_prints_whole_numbers_as_a2i_does(tmp_path: Path) -> None:
    template = tmp_path / "score.liquid.html"
    template.write_text("<p>{{ task.input.score }}</p>", encoding="utf-8")
    (tmp_path / "score.sample.json").write_text('{"score": 996.0}', encoding="utf-8")
    assert a2i("render", template).stdout == "<p>996</p>"


@pytest.mark.parametrize("command", ["check", "render", "sample-input"])
def test_a_template_that_would_run_for_long_ends_at_a_limit(command: str, tmp_path: Path) -> None:
    path = tmp_path / "bomb.liquid.html"
    path.write_text(
        "<crowd-form>{% for i in (1..1000000000) %}x{% endfor %}</crowd-form>", encoding="utf-8"
    )
    (tmp_path / "bomb.sample.json").write_text("{}", encoding="utf-8")
    result = a2i(command, path)
    assert result.exit_code == 1
    assert "a range has at most 100000 numbers" in result.stdout + result.stderr


def test_sample_input_is_one_under_which_the_template_renders(tmp_path: Path) -> None:
    path = tmp_path / "boxes.liquid.html"
    path.write_text(
        '<img src="{{ task.input.image | grant_read_access }}">'
        "{% for box in task.input.boxes %}{{ box.label }}{% endfor %}",
        encoding="utf-8",
    )
    derived = json.loads(a2i("sample-input", path).stdout)
    assert derived == {
        "image": "s3://example-bucket/image.png",
        "boxes": [{"label": "example-label-1"}, {"label": "example-label-2"}],
    }
    (tmp_path / "boxes.sample.json").write_text(json.dumps(derived), encoding="utf-8")
    assert a2i("render", path).exit_code == 0


@pytest.mark.parametrize("command", ["sample-input", "describe"])
def test_text_that_is_no_liquid_fails_with_the_place(command: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.liquid.html"
    path.write_text("<p>\n{{ task.input.a", encoding="utf-8")
    result = a2i(command, path)
    assert result.exit_code == 1
    assert f"{path}:2:1: InvalidTemplateSyntax" in result.stderr


def test_describe_shows_inputs_and_answers() -> None:
    result = a2i("describe", SENTIMENT)
    assert "required inputs  initialValue, taskObject" in result.stdout
    assert '"Mixed"' in result.stdout


def test_describe_as_json() -> None:
    described: dict[str, Any] = json.loads(a2i("describe", SENTIMENT, "--json").stdout)
    assert described["name"] == "sentiment_review"
    assert described["inputs"] == {"required": ["initialValue", "taskObject"], "optional": []}
    assert described["answers"]["required"] == ["sentiment"]


@pytest.mark.process
@pytest.mark.timeout(60)
def test_preview_prints_its_address_at_once_also_into_a_pipe() -> None:
    command = [sys.executable, "-m", "a2i_cli", "template", "preview", str(SENTIMENT)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as preview:
        assert preview.stdout
        address = preview.stdout.readline().strip()
        try:
            with urllib.request.urlopen(f"{address}/task") as task:  # noqa: S310 - on 127.0.0.1
                assert "crowd-classifier" in task.read().decode()
        finally:
            preview.terminate()


def test_preview_on_a_port_in_use_fails_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = a2i("preview", SENTIMENT, "--port", str(port))
    assert result.exit_code == 1
    assert result.stderr.startswith(f"error: port {port} for this server is in use")
