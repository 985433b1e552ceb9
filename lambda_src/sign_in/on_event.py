"""Custom::A2ISignIn: tells app client and invitations the portal's address, after the teams.

CreateWorkforce and CreateWorkteam may rewrite the app client, and CloudFormation resets client and
pool whenever it updates them; `Revision` and `Teams` change with all of these.

Properties: UserPoolId; SubDomain; ClientId of a client that has no address yet; Invitation
(EmailSubject, EmailMessage) for a pool of the stack's own; Revision and Teams, which are not read.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from a2i_shared import aws_clients
from a2i_shared.telemetry import logger
from sign_in.app_client import AppClient
from sign_in.user_pool import UserPool


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    logger.info("request", request_type=event["RequestType"])
    physical_id = event.get("PhysicalResourceId", event["LogicalResourceId"])
    if event["RequestType"] != "Delete":  # what goes, or is kept, needs no other address
        wanted = event["ResourceProperties"]
        cognito, user_pool_id = aws_clients.cognito(), wanted["UserPoolId"]
        if "ClientId" in wanted:
            AppClient(cognito, user_pool_id, wanted["ClientId"]).allow_portal(wanted["SubDomain"])
        if "Invitation" in wanted:
            UserPool(cognito, user_pool_id).set_invitation(wanted["Invitation"])
    return {"PhysicalResourceId": physical_id}
