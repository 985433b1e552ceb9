"""The work teams that a stack makes for its flows, and nobody else's.

Such a team outlives its resource in the template for as long as a retired flow definition shows it
tasks. Its name, which holds the stack's hash, says whose it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from a2i_core.names import stack_hash
from a2i_shared.flow_definitions.refusals import code, explained, words

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient


@dataclass(frozen=True)
class Workteams:
    """Every method raises what `explained` does."""

    sagemaker: SageMakerClient
    stack_id: str

    @property
    def mark(self) -> str:
        return f"-{stack_hash(self.stack_id)}-"

    def all(self) -> Iterator[str]:
        """ARNs of the teams that this stack has or had."""
        with explained("listing work teams"):
            pages = self.sagemaker.get_paginator("list_workteams").paginate(
                NameContains=stack_hash(self.stack_id)
            )
            for page in pages:
                for team in page["Workteams"]:
                    if self.mark in team["WorkteamName"]:
                        yield team["WorkteamArn"]

    def delete(self, arn: str) -> bool:
        """Delete a team; False when it is gone, or the service still needs it."""
        name = arn.rpartition("/")[2]
        if self.mark not in name:
            return False
        with explained(f"deleting work team {name}"):
            try:
                self.sagemaker.delete_workteam(WorkteamName=name)
            except ClientError as error:
                if code(error) == "ResourceInUse" or _is_absent(error):
                    return False
                raise
        return True


def _is_absent(error: ClientError) -> bool:
    """The service has no error code of its own for it."""
    return code(error) == "ValidationException" and "the work team" in words(error).lower()
