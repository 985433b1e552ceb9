"""`a2i flow import`: the settings of a flow definition that was made by hand."""

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from a2i_cli.aws import clients_of
from a2i_cli.failures import CommandError
from a2i_cli.flow_settings import flow_settings
from a2i_cli.output import note, print_json

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

_ARN = re.compile(r"arn:[^:]+:sagemaker:[a-z0-9-]+:\d{12}:flow-definition/([a-z0-9-]{1,63})")


def import_(
    context: typer.Context,
    *,
    arn: Annotated[str, typer.Argument(metavar="ARN", help="The flow definition's ARN.")],
    template: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The source of its worker task template, to be checked against the deployed one.",
            show_default=False,
        ),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(
            metavar="CDK_JSON",
            help="Add the flow to this cdk.json instead of printing the settings.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write the settings of an existing flow definition; nothing in AWS is changed.

    A2I does not give a template's text back, so its source must come from you.
    """
    sagemaker = clients_of(context).sagemaker
    described = sagemaker.describe_flow_definition(FlowDefinitionName=_name_in(arn))
    ui_name = described["HumanLoopConfig"]["HumanTaskUiArn"].rpartition("/")[2]
    template_setting = f"worker_templates/{ui_name}.liquid.html"
    if template is not None:
        _check_template(sagemaker, ui_name, template)
        template_setting = template.as_posix()
    imported = flow_settings(described, template_setting)
    if into is None:
        print_json({"a2i": imported.settings})
    else:
        add_to_cdk_json(into, imported.settings)
        note(f"added flow {imported.settings['flows'][0]['name']} to {into}")
    for remark in imported.remarks:
        note(f"note: {remark}")
    if template is None:
        note(
            f"note: put the source of task UI {ui_name} into {template_setting}, and check it with "
            "--template"
        )


def add_to_cdk_json(path: Path, settings: dict[str, Any]) -> None:
    """Add the flow to the settings in a cdk.json; its workforce and key become those of all flows.

    Raises:
        CommandError: the file is missing or not JSON, or has a flow of that name.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} cannot be read as JSON: {error}") from error
    known = document.setdefault("context", {}).setdefault("a2i", {})
    (flow,) = settings["flows"]
    flows = known.setdefault("flows", [])
    if any(present["name"] == flow["name"] for present in flows):
        raise CommandError(f"{path} has a flow {flow['name']!r} already: rename or remove that one")
    flows.append(flow)
    known["workforce"] = settings["workforce"]
    if "data" in settings:
        known["data"] = {**known.get("data", {}), **settings["data"]}
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _name_in(arn: str) -> str:
    match = _ARN.fullmatch(arn)
    if match is None:
        raise CommandError(
            f"{arn!r} is not the ARN of a flow definition "
            "(arn:aws:sagemaker:<region>:<account>:flow-definition/<name>); "
            "'aws sagemaker list-flow-definitions' shows them"
        )
    return match[1]


def _check_template(sagemaker: "SageMakerClient", ui_name: str, template: Path) -> None:
    """Compare the file with what A2I keeps, of which it tells only the digest."""
    try:
        found = sha256(template.read_bytes()).hexdigest()
    except OSError as error:
        raise CommandError(f"{template} cannot be read: {error.strerror}") from error
    ui = sagemaker.describe_human_task_ui(HumanTaskUiName=ui_name)
    deployed = ui["UiTemplate"].get("ContentSha256")
    if found != deployed:
        raise CommandError(
            f"{template} is not the template of task UI {ui_name}: its SHA-256 is {found}, "
            f"the deployed one's is {deployed}"
        )
