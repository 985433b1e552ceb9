"""Custom::A2ISignIn: re-applies the portal's addresses to the app client after the workforce.

Properties: UserPoolId, ClientId, SubDomain, and ClientRevision, whose change says that
CloudFormation has written the client anew and wiped what was set here.

Environment: none but POWERTOOLS_SERVICE_NAME.

Actions, and on what:
- cognito-idp:DescribeUserPoolClient, cognito-idp:UpdateUserPoolClient on the stack's user pool
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from a2i_shared import aws_clients
from a2i_shared.telemetry import logger
from sign_in.app_client import AppClient


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    logger.info("request", request_type=event["RequestType"])
    physical_id = event.get("PhysicalResourceId", event["LogicalResourceId"])
    if event["RequestType"] != "Delete":  # a client that goes needs no addresses
        wanted = event["ResourceProperties"]
        client = AppClient(aws_clients.cognito(), wanted["UserPoolId"], wanted["ClientId"])
        client.allow_portal(wanted["SubDomain"])
    return {"PhysicalResourceId": physical_id}
