"""The `a2i` command."""

import typer

from a2i_cli import local, template

app = typer.Typer(
    name="a2i",
    help="Human review with Amazon Augmented AI custom task types.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(template.app, name="template", help="Check, render, preview templates.")
app.add_typer(local.app, name="local", help="Run the embedded local AWS.")

if __name__ == "__main__":
    app()
