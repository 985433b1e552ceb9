"""`a2i template`: check, render, preview and describe worker task templates."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from a2i_cli.aws import clients_of
from a2i_cli.failures import CommandError
from a2i_cli.options import JsonOption
from a2i_cli.output import print_fields, print_json
from a2i_cli.template_reports import CheckedTemplate, ReportFormat, print_report
from worker_template import (
    TEMPLATE_SUFFIX,
    Finding,
    Severity,
    TaskInputError,
    read_task_input,
)

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

    from worker_template import TaskTemplate

REMOTE_RULE = "render-ui-template"
# RenderUiTemplate takes less than StartHumanLoop does.
_REMOTE_INPUT_LIMIT = 128_000

app = typer.Typer(no_args_is_help=True)

PathArgument = Annotated[
    Path, typer.Argument(metavar="PATH", exists=True, dir_okay=False, help="The template.")
]
InputOption = Annotated[
    Path | None,
    typer.Option(
        "--input",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        show_default=False,
        help="A JSON file with one task.input.  [default: NAME.sample.json beside the template]",
    ),
]


@app.command()
def check(
    context: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", exists=True, help="Templates, or folders of them."),
    ],
    *,
    input_: InputOption = None,
    format_: Annotated[
        ReportFormat, typer.Option("--format", help="How to print what is found.")
    ] = ReportFormat.TEXT,
    remote: Annotated[
        bool, typer.Option("--remote", help="Ask AWS too: RenderUiTemplate, deploys nothing.")
    ] = False,
    role_arn: Annotated[
        str | None,
        typer.Option(
            metavar="ARN",
            show_default=False,
            help="For --remote: the role with which AWS reads the input's objects in S3.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Check templates before they deploy.  Exit code 1 if there is an error."""
    if remote != (role_arn is not None):
        raise typer.BadParameter(
            "--remote and --role-arn go together: the role is what AWS reads the input's objects by"
        )
    templates = list(dict.fromkeys(_template_paths(paths)))
    if input_ is not None and len(templates) > 1:
        raise typer.BadParameter(
            f"--input is for one template, got {len(templates)}: leave it out, and each is checked"
            " with its own NAME.sample.json"
        )
    checked = [_checked(context, path, input_, role_arn) for path in templates]
    print_report(checked, ReportFormat.JSON if as_json else format_)
    if any(each.severity is Severity.ERROR for one in checked for each in one.findings):
        raise typer.Exit(1)


@app.command()
def render(path: PathArgument, *, input_: InputOption = None) -> None:
    """Print the HTML that a worker gets, with example addresses for objects in S3."""
    template = _read(path)
    task_input = _input(template, input_)
    if task_input is None:
        raise CommandError(
            f"{path} has no sample input beside it; pass --input FILE, or derive one with "
            "a2i template sample-input"
        )
    with _explained(template):
        typer.echo(template.render(task_input), nl=False)


@app.command()
def preview(
    path: PathArgument,
    *,
    input_: InputOption = None,
    cdn: Annotated[
        bool, typer.Option("--cdn", help="Load Amazon's crowd elements instead of the stand-in.")
    ] = False,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 0,
) -> None:
    """Show a template in the browser on 127.0.0.1; reloads when the file changes."""
    from a2i_local.host import LocalAwsError  # noqa: PLC0415 -- a web server,
    from a2i_local.preview import serve  # noqa: PLC0415 -- for this command only

    try:
        # echo flushes: the address shows at once, in a pipe or a file too
        serve(path, input_, cdn=cdn, port=port, on_ready=typer.echo)
    except LocalAwsError as error:
        raise CommandError(str(error)) from error


@app.command("sample-input")
def sample_input(path: PathArgument) -> None:
    """Print an input derived from the template, a start for its NAME.sample.json."""
    template = _read(path)
    with _explained(template):
        print_json(template.derived_sample_input())


@app.command()
def describe(path: PathArgument, *, as_json: JsonOption = False) -> None:
    """Show what a template reads and what its answers look like."""
    template = _read(path)
    with _explained(template):
        inputs = template.inputs()
    answers = template.answer_schema()
    if as_json:
        print_json(
            {
                "name": template.name,
                "inputs": {"required": inputs.required, "optional": inputs.optional},
                "answers": answers,
            }
        )
        return
    print_fields(
        {
            "template": template.name,
            "required inputs": list(inputs.required),
            "optional inputs": list(inputs.optional),
        }
    )
    typer.echo("\nanswerContent, as JSON Schema:")
    print_json(answers)


def _read(path: Path) -> "TaskTemplate":
    from worker_template import TaskTemplate  # noqa: PLC0415 -- a quarter second

    try:
        return TaskTemplate.from_file(path)
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is not UTF-8: {error}; save it as UTF-8") from error


def _checked(
    context: typer.Context, path: Path, input_: Path | None, role_arn: str | None
) -> CheckedTemplate:
    """Check one template; with a role, ask AWS too."""
    template = _read(path)
    task_input = _input(template, input_)
    findings = template.check(task_input)
    if role_arn is not None:
        sagemaker = clients_of(context).sagemaker
        findings += _remote_findings(sagemaker, template, task_input, role_arn)
    return CheckedTemplate(str(path), findings)


def _template_paths(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(path.glob(f"*{TEMPLATE_SUFFIX}"))
        if not found:
            raise CommandError(f"{path} holds no *{TEMPLATE_SUFFIX}; name the template itself")
        yield from found


def _input(template: "TaskTemplate", path: Path | None) -> dict[str, Any] | None:
    try:
        return template.sample_input() if path is None else read_task_input(path)
    except TaskInputError as error:
        raise CommandError(str(error)) from error


def _remote_findings(
    sagemaker: "SageMakerClient",
    template: "TaskTemplate",
    task_input: dict[str, Any] | None,
    role_arn: str,
) -> list[Finding]:
    """Return the errors of RenderUiTemplate as findings at the template's first line."""
    text = json.dumps(_derived_input(template) if task_input is None else task_input)
    if len(text) > _REMOTE_INPUT_LIMIT:
        raise CommandError(
            f"the input of {template.path} has {len(text)} characters, RenderUiTemplate takes "
            f"{_REMOTE_INPUT_LIMIT}; pass a smaller one with --input"
        )
    answer = sagemaker.render_ui_template(
        UiTemplate={"Content": template.text}, Task={"Input": text}, RoleArn=role_arn
    )
    return [
        Finding(REMOTE_RULE, Severity.ERROR, f"AWS says {error['Code']}: {error['Message']}", 1, 1)
        for error in answer["Errors"]
    ]


def _derived_input(template: "TaskTemplate") -> dict[str, Any]:
    from worker_template import TemplateRenderError  # noqa: PLC0415 -- as in _read

    try:
        return template.derived_sample_input()
    except TemplateRenderError as error:
        raise CommandError(
            f"{template.path} has no sample input beside it, and none that renders can be derived "
            f"({error.code}: {error.message}): pass --input FILE for --remote"
        ) from error


@contextmanager
def _explained(template: "TaskTemplate") -> Iterator[None]:
    """Turn a rendering error into one line that begins with the place."""
    from worker_template import TemplateRenderError  # noqa: PLC0415 -- as in _read

    try:
        yield
    except TemplateRenderError as error:
        line, column = template.position(error.index or 0)
        raise CommandError(
            f"{template.path}:{line}:{column}: {error.code}: {error.message}"
        ) from error
