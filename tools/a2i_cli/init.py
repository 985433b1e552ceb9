"""`a2i init`: starts an app of one's own, and its pipeline."""

from pathlib import Path
from typing import Annotated

import typer

from a2i_cli.failures import CommandError

app = typer.Typer(invoke_without_command=True)

Templates = Annotated[
    list[str] | None,
    typer.Option(
        "--template",
        metavar="NAME",
        help="A ready template to make a flow of; can be given again.",
        show_default="sentiment_review",
    ),
]


@app.callback()
def init(context: typer.Context, template: Templates = None) -> None:
    """Make a new CDK app in this folder, which must be empty: stack, tests, demonstration."""
    if context.invoked_subcommand is not None:
        return
    from a2i_cli.new_app.new_app import write_app  # noqa: PLC0415 -- imports the Liquid engine

    for path in write_app(Path.cwd(), template or ["sentiment_review"]):
        typer.echo(f"wrote {path}")
    typer.echo("set up:  pip install -r requirements.txt && npm ci")
    typer.echo("then:    pytest, and python demo.py run; README.md says more")


@app.command()
def ci(
    *,
    github: Annotated[bool, typer.Option("--github", help="GitHub Actions.")] = False,
    gitlab: Annotated[bool, typer.Option("--gitlab", help="GitLab CI/CD.")] = False,
) -> None:
    """Add workflows to the app: checks, a report on each change, deployment after approval."""
    from a2i_cli.new_app.new_app import write_ci  # noqa: PLC0415 -- imports the Liquid engine

    if github == gitlab:
        raise CommandError("name one service: --github or --gitlab")
    for path in write_ci(Path.cwd(), "github" if github else "gitlab"):
        typer.echo(f"wrote {path}")
    typer.echo("the comment at the top of the file says what to set up once")
