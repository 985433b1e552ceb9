"""The results function, which ends a review for a lost event as it does for one that came."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from a2i_shared.errors import ReviewNotFinishedError
from reconciler.human_loops import End

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


@dataclass(frozen=True)
class ResultsFunction:
    lambda_: LambdaClient
    name: str

    def finish(self, end: End, at: datetime) -> None:
        """Raises ReviewNotFinishedError with what the function failed on."""
        response = self.lambda_.invoke(
            FunctionName=self.name, Payload=json.dumps(end.as_event(at)).encode()
        )
        if "FunctionError" in response:
            raised = json.load(response["Payload"])
            # The message may be of a consolidation strategy, and quote an answer.
            raise ReviewNotFinishedError(f"results function: {raised.get('errorType', 'error')}")
