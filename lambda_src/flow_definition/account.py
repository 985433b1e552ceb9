"""The account's flow definitions, with clients made once per execution environment."""

from __future__ import annotations

from functools import cache

from a2i_shared import aws_clients
from a2i_shared.flow_definitions.service import FlowDefinitions


@cache
def flow_definitions() -> FlowDefinitions:
    return FlowDefinitions(
        aws_clients.sagemaker(), aws_clients.a2i_runtime(), aws_clients.cloudformation()
    )
