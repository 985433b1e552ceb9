"""output.json: where it goes and what it says."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from a2i_core.human_loops.human_loop import Answer, FlowSnapshot, HumanLoop
from a2i_core.human_loops.input_content import json_object
from a2i_core.human_loops.instants import iso_milliseconds
from a2i_core.human_loops.s3_output_path import S3OutputPath


def output_key(flow: FlowSnapshot, loop_name: str, created_at: datetime) -> str:
    """Return the key of a loop's output.json.

    It is the flow definition's path and name, the loop's creation time in UTC, its name.
    """
    moment = f"{created_at.astimezone(UTC):%Y/%m/%d/%H/%M/%S}"
    path = S3OutputPath(flow.output_bucket, flow.output_prefix)
    return path.key(flow.name, moment, loop_name, "output.json")


def output_document(
    loop: HumanLoop, input_content: str, contents: Sequence[dict[str, Any]]
) -> bytes:
    """Return the document of a loop with the answers it has, in the order they came.

    A2I writes the input anew: whole numbers lose their fraction.

    Args:
        loop: The loop.
        input_content: Its InputContent.
        contents: What was submitted with each of `loop.answers`.
    """
    document = {
        "flowDefinitionArn": loop.flow_definition_arn,
        "humanAnswers": [
            _human_answer(answer, content)
            for answer, content in zip(loop.answers, contents, strict=True)
        ],
        "humanLoopName": loop.name,
        "inputContent": json_object(input_content, "InputContent"),
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _human_answer(answer: Answer, content: dict[str, Any]) -> dict[str, Any]:
    spent = answer.submitted_at - answer.accepted_at
    return {
        "acceptanceTime": iso_milliseconds(answer.accepted_at),
        "answerContent": content,
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
