"""How the starter learns of flows: a parameter for each, and a revision of them all."""

import json
from collections.abc import Mapping

from aws_cdk import Fn, Stack
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from a2i_constructs.flow.flow_definition import FlowDefinition
from a2i_constructs.functions.names import digest

MAX_POLICY_LENGTH = 3_500


class FlowRegistry(Construct):
    """The SSM parameters below `/a2i/<stack name>/flows`, one per flow."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Define an empty registry."""
        super().__init__(scope, construct_id)
        self._revisions: dict[str, str] = {}

    @property
    def path(self) -> str:
        """What the parameters' names begin with."""
        return f"/a2i/{Stack.of(self).stack_name}/flows"

    @property
    def revision(self) -> str:
        """Changes whenever any flow does; a token."""
        return ".".join(self._revisions[name] for name in sorted(self._revisions))

    def add(
        self, flow_definition: FlowDefinition, document: Mapping[str, object]
    ) -> ssm.StringParameter:
        """Register a flow. Raises ValueError for a name in use, or a document that is too long."""
        name = flow_definition.flow_name
        if name in self._revisions:
            raise ValueError(
                f"flow {name!r} is already known to this starter: give each flow its own flow_name"
            )
        _check_length(name, document)
        self._revisions[name] = _revision(flow_definition, document)
        return ssm.StringParameter(
            self,
            name,
            description="What the starter knows about a flow",
            parameter_name=f"{self.path}/{name}",
            string_value=Stack.of(self).to_json_string(document),
        )


def _check_length(flow_name: str, document: Mapping[str, object]) -> None:
    length = len(json.dumps(document))
    if length > MAX_POLICY_LENGTH:
        raise ValueError(
            f"flow {flow_name!r}: its review policy must have at most {MAX_POLICY_LENGTH} "
            f"characters as JSON, got {length}: split the flow"
        )


def _revision(flow_definition: FlowDefinition, document: Mapping[str, object]) -> str:
    """Changes with the document, and with the deployed definition, known by its name's end."""
    static = {key: value for key, value in document.items() if key != "flowDefinitionArn"}
    parts_of_name = Fn.split("-", flow_definition.flow_definition_name)
    hyphens_in_flow_name = flow_definition.flow_name.count("-")
    definition_digest = Fn.select(hyphens_in_flow_name + 2, parts_of_name)
    return f"{digest(json.dumps(static, sort_keys=True))}-{definition_digest}"
