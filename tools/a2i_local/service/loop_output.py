"""output.json: where it goes and what it says."""

import json
from datetime import UTC, datetime
from typing import Any

from a2i_local.service.clock import iso_milliseconds
from a2i_local.service.loop_records import Answer, HumanLoop
from a2i_local.service.operation import json_object
from a2i_local.service.records import FlowDefinition
from a2i_local.service.s3_output_path import S3OutputPath


def output_location(flow: FlowDefinition, loop_name: str, created_at: datetime) -> tuple[str, str]:
    """Return bucket and key of a loop's output.json.

    The key is the flow definition's path and name, the loop's creation time in UTC, its name.
    """
    path = S3OutputPath.parse(flow.output_config["S3OutputPath"])
    moment = f"{created_at.astimezone(UTC):%Y/%m/%d/%H/%M/%S}"
    return path.bucket, path.key(flow.name, moment, loop_name, "output.json")


def output_document(loop: HumanLoop, input_content: str) -> bytes:
    """Return the document of a loop with the answers it has, in the order they came.

    A2I writes the input anew: whole numbers lose their fraction.
    """
    document = {
        "flowDefinitionArn": loop.flow_definition_arn,
        "humanAnswers": [_human_answer(answer) for answer in loop.answers],
        "humanLoopName": loop.name,
        "inputContent": json_object(input_content, "InputContent"),
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _human_answer(answer: Answer) -> dict[str, Any]:
    spent = answer.submitted_at - answer.accepted_at
    return {
        "acceptanceTime": iso_milliseconds(answer.accepted_at),
        "answerContent": answer.content,
        "submissionTime": iso_milliseconds(answer.submitted_at),
        "timeSpentInSeconds": round(spent.total_seconds(), 3),
        "workerId": answer.worker.worker_id,
        "workerMetadata": {
            "identityData": {
                "identityProviderType": answer.worker.identity_provider_type,
                "issuer": answer.worker.issuer,
                "sub": answer.worker.sub,
            }
        },
    }
