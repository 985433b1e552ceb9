"""output.json: the answers of a human loop in A2I's format."""

import json
from collections.abc import Sequence
from typing import Any

from a2i_core.human_loops.human_loop import Answer, HumanLoop
from a2i_core.human_loops.input_content import json_object
from a2i_core.human_loops.instants import iso_milliseconds


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
