"""Custom::A2IOidcWorkforce, first half: creates, updates or deletes the workforce.

Properties: WorkforceName, OidcConfig without its secret, ClientSecretArn, SourceIpCidrs.
Attributes: WorkforceName, WorkforceArn, SubDomain.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from a2i_shared import aws_clients
from a2i_shared.telemetry import logger
from oidc_workforce.workforce import OidcWorkforces, Wanted


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    request_type = event["RequestType"]
    logger.info("request", request_type=request_type)
    workforces = OidcWorkforces(aws_clients.sagemaker(), aws_clients.secretsmanager())
    if request_type == "Delete":
        workforces.delete(event["PhysicalResourceId"])
        return {"PhysicalResourceId": event["PhysicalResourceId"]}
    wanted = Wanted.parse(event["ResourceProperties"])
    if request_type == "Create":
        workforces.create(wanted)
    else:
        workforces.update(Wanted.parse(event["OldResourceProperties"]), wanted)
    return {"PhysicalResourceId": wanted.name}
