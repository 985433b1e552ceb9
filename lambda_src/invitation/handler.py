"""Cognito's CustomMessage trigger: the invitation with the portal's address.

The address is read when an invitation goes out. In the template it would be a cycle: the pool
comes before the workforce, and the address after it.

Environment: A2I_WORKFORCE_NAME; POWERTOOLS_SERVICE_NAME.

Actions, and on what:
- sagemaker:DescribeWorkforce on workforce/<A2I_WORKFORCE_NAME>
"""

from __future__ import annotations

import os
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from a2i_shared import aws_clients
from a2i_shared.telemetry import logger

_INVITATIONS = {"CustomMessage_AdminCreateUser"}


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Change invitations alone; codes for a forgotten password keep Cognito's own words."""
    if event["triggerSource"] in _INVITATIONS:
        event["response"] |= _invitation(event["request"], _portal_url())
    return event


def _portal_url() -> str:
    workforce = aws_clients.sagemaker().describe_workforce(
        WorkforceName=os.environ["A2I_WORKFORCE_NAME"]
    )["Workforce"]
    return f"https://{workforce['SubDomain']}"


def _invitation(request: dict[str, Any], portal_url: str) -> dict[str, str]:
    """Cognito refuses a message without its two placeholders."""
    user, password = request["usernameParameter"], request["codeParameter"]
    return {
        "emailSubject": "You are invited to review predictions",
        "emailMessage": (
            f'<p>Reviews wait for you at <a href="{portal_url}">{portal_url}</a>.</p>'
            f"<p>User name: {user}<br>Temporary password: {password}</p>"
            "<p>You choose a password of your own when you first sign in.</p>"
        ),
    }
