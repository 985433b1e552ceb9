"""The `a2i` command."""

import typer

from a2i_cli.failures import OperatorGroup
from a2i_cli.lazy_group import lazy_group
from a2i_cli.preflight import preflight
from a2i_cli.reconcile import reconcile

_GROUPS = {
    "template": ("a2i_cli.template", "Check, render, preview templates."),
    "local": ("a2i_cli.local", "Run the embedded local AWS."),
    "loop": ("a2i_cli.loop", "Human loops, as A2I knows them."),
    "review": ("a2i_cli.review", "Reviews, as the ledger knows them."),
    "flow": ("a2i_cli.flow", "Flow definitions, current and retired."),
    "queue": ("a2i_cli.request_queue", "Requests that wait or could not start."),
    "worker": ("a2i_cli.worker", "Who may answer reviews."),
}

app = typer.Typer(
    name="a2i",
    cls=OperatorGroup,
    help="Human review with Amazon Augmented AI custom task types.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _name, (_module, _help) in _GROUPS.items():
    app.add_typer(lazy_group(_module), name=_name, help=_help)
app.command()(preflight)
app.command()(reconcile)

if __name__ == "__main__":
    app()
