"""The `a2i` command."""

import typer

from a2i_cli import flow, local, loop, request_queue, review, template, worker
from a2i_cli.failures import OperatorGroup
from a2i_cli.preflight import preflight

app = typer.Typer(
    name="a2i",
    cls=OperatorGroup,
    help="Human review with Amazon Augmented AI custom task types.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(template.app, name="template", help="Check, render, preview templates.")
app.add_typer(local.app, name="local", help="Run the embedded local AWS.")
app.add_typer(loop.app, name="loop", help="Human loops, as A2I knows them.")
app.add_typer(review.app, name="review", help="Reviews, as the ledger knows them.")
app.add_typer(flow.app, name="flow", help="Flow definitions, current and retired.")
app.add_typer(request_queue.app, name="queue", help="Requests that wait or could not start.")
app.add_typer(worker.app, name="worker", help="Who may answer reviews.")
app.command()(preflight)

if __name__ == "__main__":
    app()
