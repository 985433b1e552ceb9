"""Custom::A2IHumanTaskUi: writes a worker task template into the table of the human loops.

Properties: Name; Bucket and Key of the text; Sha256, its digest. The template stays when the task
UI goes: human loops that began with it show it to their end.

Environment: A2I_STACK_ID, A2I_HUMAN_LOOPS_TABLE, A2I_HUMAN_LOOPS_BUCKET; POWERTOOLS_SERVICE_NAME.
"""

from __future__ import annotations

import hashlib
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from a2i_account import backend
from a2i_shared import aws_clients
from a2i_shared.errors import InvalidPropertyError
from a2i_shared.telemetry import logger


@logger.inject_lambda_context(log_event=False, clear_state=True)
def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    logger.info("request", request_type=event["RequestType"])
    wanted, loops = event["ResourceProperties"], backend.loops()
    name = wanted["Name"]
    if event["RequestType"] == "Delete":
        loops.definitions.remove_ui(event["PhysicalResourceId"])
        return {}
    loops.definitions.add_ui(name, _text(wanted))
    arn = loops.scope.arn("human-task-ui", name)
    return {"PhysicalResourceId": name, "Data": {"HumanTaskUiArn": arn}}


def _text(wanted: dict[str, str]) -> str:
    """Raises InvalidPropertyError for an object that is not what the template was made from."""
    content = aws_clients.s3().get_object(Bucket=wanted["Bucket"], Key=wanted["Key"])["Body"].read()
    found = hashlib.sha256(content).hexdigest()
    if found != wanted["Sha256"]:
        raise InvalidPropertyError(
            f"s3://{wanted['Bucket']}/{wanted['Key']} has digest {found}, and not "
            f"{wanted['Sha256']}: deploy again, so that the CDK uploads it anew"
        )
    return content.decode()
