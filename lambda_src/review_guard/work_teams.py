"""The work teams of a stack's workforce."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from a2i_shared.flow_definitions.refusals import explained
from a2i_shared.flow_definitions.service import FlowDefinitions

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient


@dataclass(frozen=True)
class WorkTeams:
    """Every method raises what `explained` does."""

    sagemaker: SageMakerClient
    flow_definitions: FlowDefinitions
    stack_id: str

    def outside_template(self, workforce_arn: str) -> list[str]:
        """Names of the workforce's teams that the stack's template does not define."""
        in_template = self.flow_definitions.stack_resources(self.stack_id)
        with explained("listing work teams"):
            pages = self.sagemaker.get_paginator("list_workteams").paginate()
            return [
                team["WorkteamName"]
                for page in pages
                for team in page["Workteams"]
                if team.get("WorkforceArn", workforce_arn) == workforce_arn
                and team["WorkteamArn"] not in in_template
            ]

    def in_use(self) -> frozenset[str]:
        """ARNs of the teams that the stack's flow definitions show tasks to, retired ones too."""
        living = self.flow_definitions.living(self.stack_id)
        return frozenset(each.workteam_arn for each in living)
