"""`a2i flow import`: prints the settings of a flow definition that was made by hand."""

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from a2i_cli.aws import clients_of
from a2i_cli.failures import CommandError
from a2i_cli.flow_settings import flow_settings
from a2i_cli.json_files import read_json_object
from a2i_cli.output import note, print_json

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

_Member = TypeVar("_Member", dict[str, Any], list[Any])
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
    _check_same(arn, described["FlowDefinitionArn"])
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
        if _is_in_account(read_json_object(into, "project file")["context"]["a2i"]):
            team = imported.settings["workforce"]["workteamArn"]
            note(f"note: invite the people of {team} into the stack's own workforce")
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

    Settings with human loops in the account keep their workforce: they have no teams of A2I.

    Raises:
        CommandError: the file is missing or not JSON, has something else where settings belong, or
            has a flow of that name.
    """
    document = read_json_object(path, "project file")
    known = _member(_member(document, "context", {}, path), "a2i", {}, path)
    flows = _member(known, "flows", [], path)
    (flow,) = settings["flows"]
    if any(isinstance(each, dict) and each.get("name") == flow["name"] for each in flows):
        raise CommandError(f"{path} has a flow {flow['name']!r} already: rename or remove that one")
    flows.append(flow)
    if not _is_in_account(known):
        known["workforce"] = settings["workforce"]
    if "data" in settings:
        _member(known, "data", {}, path).update(settings["data"])
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _is_in_account(settings: dict[str, Any]) -> bool:
    backend = settings.get("backend")
    return isinstance(backend, dict) and backend.get("mode") == "account"


def _member(parent: dict[str, Any], name: str, empty: _Member, path: Path) -> _Member:
    """Return a member that is of the kind of `empty`, which is put there if it is missing."""
    member = parent.setdefault(name, empty)
    if not isinstance(member, type(empty)):
        raise CommandError(
            f"{name!r} in {path} must be {'a list' if empty == [] else 'an object'}, got"
            f" {json.dumps(member)}: correct it"
        )
    return member


def _name_in(arn: str) -> str:
    match = _ARN.fullmatch(arn)
    if match is None:
        raise CommandError(
            f"{arn!r} is not the ARN of a flow definition "
            "(arn:aws:sagemaker:<region>:<account>:flow-definition/<name>); "
            "'aws sagemaker list-flow-definitions' shows them"
        )
    return match[1]


def _check_same(arn: str, found: str) -> None:
    """Refuse a namesake in the region and account that the command works in."""
    if found != arn:
        raise CommandError(
            f"the name of {arn} is that of {found} here: set AWS_REGION and AWS_PROFILE to where"
            " the one to import is"
        )


def _check_template(sagemaker: "SageMakerClient", ui_name: str, template: Path) -> None:
    """Compare the file with the template in A2I, which reveals only its digest."""
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
