"""`output.json` that A2I would write for an answer given in the preview."""

from datetime import UTC, datetime
from typing import Any

from a2i_core.human_loops.instants import iso_milliseconds
from a2i_local.portal.json_requests import InvalidRequestError


def output_envelope(
    answer_content: dict[str, Any], task_input: dict[str, Any], opened_at: str
) -> dict[str, Any]:
    """Return an output.json with one answer; names, ARNs and the worker are examples.

    `opened_at` is the time, in ISO 8601, at which the task was opened.

    Raises:
        InvalidRequestError: it is not.
    """
    accepted = _moment(opened_at)
    submitted = datetime.now(UTC)
    return {
        "flowDefinitionArn": "arn:aws:sagemaker:us-east-1:111122223333:flow-definition/preview",
        "humanAnswers": [
            {
                "acceptanceTime": iso_milliseconds(accepted),
                "answerContent": answer_content,
                "submissionTime": iso_milliseconds(submitted),
                "timeSpentInSeconds": round((submitted - accepted).total_seconds(), 3),
                "workerId": "0123456789abcdef",
                "workerMetadata": {
                    "identityData": {
                        "identityProviderType": "Cognito",
                        "issuer": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_preview",
                        "sub": "00000000-0000-4000-8000-000000000000",
                    }
                },
            }
        ],
        "humanLoopName": "preview",
        "inputContent": task_input,
    }


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise InvalidRequestError(f"'openedAt' must be an ISO 8601 time, not '{text}'") from error
