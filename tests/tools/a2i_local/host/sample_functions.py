"""The sample's functions: one file, put into the template as it stands here."""

import json
import os
import sys
import time
from typing import Any

import boto3
from botocore.exceptions import ClientError


def write_message(event: dict[str, Any], context: Any) -> None:
    s3 = boto3.client("s3")
    facts = {"python": sys.version_info[:2], "arn": context.invoked_function_arn}
    for record in event["Records"]:
        s3.put_object(Bucket=os.environ["BUCKET"], Key=record["body"], Body=json.dumps(facts))


def probe(event: dict[str, Any], _: Any) -> dict[str, str]:
    """Make one call that no grant covers; return the error."""
    client: Any = boto3.client(event["service"])
    try:
        getattr(client, event["operation"])(**event["parameters"])
    except ClientError as error:
        found = error.response["Error"]
        return {"Code": found["Code"], "Message": found["Message"]}
    return {"Code": "", "Message": "allowed"}


def on_event(event: dict[str, Any], _: Any) -> dict[str, Any]:
    if event["RequestType"] == "Delete" and _refuses():
        raise RuntimeError("reviews are pending")
    ui = event["ResourceProperties"]["HumanTaskUi"]
    return {"PhysicalResourceId": ui, "Data": {"HumanTaskUi": ui, "StartedAt": time.time()}}


def is_complete(event: dict[str, Any], _: Any) -> dict[str, bool]:
    return {"IsComplete": time.time() - event["Data"]["StartedAt"] > 1}


def _refuses() -> bool:
    ssm = boto3.client("ssm")
    try:
        found = ssm.get_parameter(Name="/sample/refuse")
    except ssm.exceptions.ParameterNotFound:
        return False
    return found["Parameter"]["Value"] == "yes"
