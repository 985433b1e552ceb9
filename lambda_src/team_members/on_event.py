"""Custom::A2IWorkteamMembers: invites people and puts them into the group of a work team.

Properties: UserPoolId, GroupName, Workers (e-mail addresses). Who leaves the list leaves the group;
members added elsewhere stay, and users are never deleted: they may be in other groups.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from a2i_shared import aws_clients
from a2i_shared.telemetry import logger
from team_members.members import TeamMembers


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    logger.info("request", request_type=event["RequestType"])
    wanted = event["ResourceProperties"]
    physical_id = f"{wanted['UserPoolId']}/{wanted['GroupName']}"
    if event["RequestType"] != "Delete":  # members stay for as long as the group does
        members = TeamMembers(aws_clients.cognito(), wanted["UserPoolId"], wanted["GroupName"])
        members.remove(_former_workers(event, physical_id) - set(wanted["Workers"]))
        members.add(wanted["Workers"])
    return {"PhysicalResourceId": physical_id}


def _former_workers(event: dict[str, Any], physical_id: str) -> set[str]:
    """Return who was named before; nobody where the group is a new one."""
    if event.get("PhysicalResourceId") != physical_id:
        return set()
    return set(event.get("OldResourceProperties", {}).get("Workers", ()))
