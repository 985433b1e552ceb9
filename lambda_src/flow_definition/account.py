"""The account's flow definitions, with clients made once per execution environment."""

from __future__ import annotations

from functools import cache

from a2i_account import backend
from a2i_shared import aws_clients
from a2i_shared.flow_definitions.service import FlowDefinitions


@cache
def flow_definitions() -> FlowDefinitions:
    return FlowDefinitions(backend.sagemaker(), backend.a2i_runtime(), aws_clients.cloudformation())
