"""Custom::A2IOidcWorkforce, second half: waits until the workforce is Active, or gone."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from a2i_shared import aws_clients
from a2i_shared.telemetry import logger
from oidc_workforce.workforce import OidcWorkforces


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    workforces = OidcWorkforces(aws_clients.sagemaker(), aws_clients.secretsmanager())
    name = event["PhysicalResourceId"]
    if event["RequestType"] == "Delete":
        return {"IsComplete": workforces.find(name) is None}
    found = workforces.active(name)
    if found is None:
        return {"IsComplete": False}
    data = {"WorkforceArn": found["WorkforceArn"], "SubDomain": found.get("SubDomain", "")}
    return {"IsComplete": True, "Data": {"WorkforceName": name, **data}}
