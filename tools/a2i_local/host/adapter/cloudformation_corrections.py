"""Corrections of MiniStack's CloudFormation engine: deletions, names, alarms, dead letters."""

import inspect
import re
import uuid
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree as Xml

from ministack.services import lambda_svc, s3
from ministack.services.cloudformation import handlers, provisioners, stacks

from a2i_local.host.adapter.private_names import unexpected
from a2i_local.host.adapter.resource_model import Properties

_BEFORE = """
        res = resources.get(logical_id)
        if not res:
            continue
"""
_AFTER = """
        res = resources.get(logical_id)
        if not res or logical_id in _with_dependencies(
            delete_failures, res_defs, set(resources)
        ):
            continue
"""


def keep_dependencies_of_failed_deletions() -> None:
    """Stop a failed stack deletion where CloudFormation stops it.

    MiniStack goes on deleting everything else after a resource failed to delete, even what the
    failed resource depends on. CloudFormation keeps that. The cure is one more condition in one
    function, put into a copy of its source; `private_names` holds the digest of that source.

    Raises:
        LocalAwsError: the function is not the known one.
    """
    source = inspect.getsource(stacks._delete_stack_async)
    if source.count(_BEFORE) != 1:
        raise unexpected(f"{stacks.__name__}._delete_stack_async is not the known function")
    # The copy lives in MiniStack's module, so it sees the names that the original sees.
    exec(  # noqa: S102 - MiniStack's own text, with one condition added
        compile(source.replace(_BEFORE, _AFTER), stacks.__file__, "exec"), vars(stacks)
    )
    handlers._delete_stack_async = stacks._delete_stack_async


_ACCOUNT_PORTAL = re.compile(r"https://127[.]0[.]0[.]1:\d+/_aws/execute-api/[0-9a-f]+/")
_A2I_PORTAL = re.compile(r"https://[a-z0-9]+\.labeling\.[a-z0-9-]+\.sagemaker\.aws")


def lead_outputs_to_the_portal(portal_url: str) -> None:
    """Show the local portal where a stack's output is the address of a worker portal.

    DescribeWorkforce, attributes and what is made of them keep the address that A2I would give,
    at which nothing answers here.
    """
    resolve_stack_outputs = stacks._resolve_stack_outputs

    def resolve(*arguments: Any) -> tuple[list[dict[str, str]], dict[str, Any]]:
        outputs, exports = resolve_stack_outputs(*arguments)
        for output in outputs:
            if _A2I_PORTAL.fullmatch(output["OutputValue"]):
                output["OutputValue"] = portal_url
            elif _ACCOUNT_PORTAL.fullmatch(output["OutputValue"]):
                output["OutputValue"] = urljoin(portal_url, "/")
        return outputs, exports

    stacks._resolve_stack_outputs = resolve
    _lead_parameters_to_the_portal(urljoin(portal_url, "/"))


_PARAMETER = "AWS::SSM::Parameter"


def _lead_parameters_to_the_portal(address: str) -> None:
    """Keep the local address of the account's portal in parameters: commands tell it to people."""
    provision, update = stacks._provision_resource, stacks._update_resource

    def led(kind: str, properties: Properties) -> Properties:
        is_portal = kind == _PARAMETER and _ACCOUNT_PORTAL.fullmatch(str(properties.get("Value")))
        return {**properties, "Value": address} if is_portal else properties

    def provision_led(kind: str, name: str, properties: Properties, *rest: Any) -> Any:
        return provision(kind, name, led(kind, properties), *rest)

    def update_led(kind: str, name: str, old: Properties, new: Properties, *rest: Any) -> Any:
        return update(kind, name, old, led(kind, new), *rest)

    stacks._provision_resource = provision_led
    stacks._update_resource = update_led


_BUCKET = "AWS::S3::Bucket"


class BucketNotDeleted(Exception):  # noqa: N818 - CloudFormation shows it as the status reason
    """S3 refused to delete a bucket."""


def delete_empty_buckets_only() -> None:
    """Delete a bucket as S3 does: only when nothing is in it.

    The engine drops the bucket with whatever it holds, and forgets to drop what is on disk.
    """
    provisioners._RESOURCE_HANDLERS[_BUCKET]["delete"] = _delete


def _delete(name: str, _properties: Properties) -> None:
    status, _, body = s3._delete_bucket(name)
    if status not in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND}:
        message = Xml.fromstring(body).findtext("Message")  # noqa: S314 - MiniStack's own answer
        raise BucketNotDeleted(f"{message} (Service: S3, Status Code: {status})")


_NO_METRIC = {"MetricName": "-", "Namespace": "-"}


def accept_math_alarms() -> None:
    """Accept alarms on metric math, which the engine refuses.

    Such an alarm can be described and deleted, but is never evaluated: it stays at
    INSUFFICIENT_DATA.
    """
    read = provisioners._cw_metric_alarm_record

    def record(name: str, properties: Properties) -> dict[str, Any]:
        metrics = properties.get("Metrics")
        if not metrics:
            alarm: dict[str, Any] = read(name, properties)
            return alarm
        rest = {key: value for key, value in properties.items() if key != "Metrics"}
        return {
            **read(name, rest | _NO_METRIC),
            "MetricName": None,
            "Namespace": None,
            "Metrics": metrics,
        }

    provisioners._cw_metric_alarm_record = record


def name_resources_anew() -> None:
    """Give each resource that has no name of its own one that none had before.

    The engine derives it from the names of stack and resource: a stack that comes again under its
    name would take over, and empty, the table that the last one of that name has kept.
    """
    provision = stacks._provision_resource

    def provision_under_new_name(*resource: Any) -> Any:
        if not stacks._NAME_SEED.get():
            stacks._NAME_SEED.set(uuid.uuid4().hex[:8])
        return provision(*resource)

    stacks._provision_resource = provision_under_new_name


_FUNCTION = "AWS::Lambda::Function"


def give_functions_their_dead_letter_queue() -> None:
    """Set a function's DeadLetterConfig, which the engine drops."""
    handlers_of_functions = provisioners._RESOURCE_HANDLERS[_FUNCTION]
    create, update = handlers_of_functions["create"], handlers_of_functions["update"]

    def create_function(logical_id: str, properties: Properties, stack: str) -> Any:
        return _with_dead_letters(create(logical_id, properties, stack), properties)

    def update_function(name: str, old: Properties, new: Properties, *more: Any) -> Any:
        return _with_dead_letters(update(name, old, new, *more), new)

    handlers_of_functions |= {"create": create_function, "update": update_function}


def _with_dead_letters(made: Any, properties: Properties) -> Any:
    config = lambda_svc._functions[made[0]]["config"]
    config.pop("DeadLetterConfig", None)
    if "DeadLetterConfig" in properties:
        config["DeadLetterConfig"] = properties["DeadLetterConfig"]
    return made
