"""SSM parameters and outputs: the flows that the starter knows, and names of the stack's parts."""

import json
from collections.abc import Mapping

from aws_cdk import CfnOutput, Fn, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from a2i_constructs.flow.flow_definition import FlowDefinition
from a2i_constructs.functions import permissions
from a2i_constructs.functions.grants import grant
from a2i_constructs.functions.names import digest

MAX_POLICY_LENGTH = 3_500


class ReviewDirectory(Construct):
    """Names and URLs of a stack's parts, as SSM parameters and as outputs of the stack.

    One per stack: the parameters stand below `/a2i/<stack name>/`, where the `a2i` command looks.
    """

    CONSTRUCT_ID = "A2IDirectory"

    @classmethod
    def of(cls, scope: Construct) -> "ReviewDirectory":
        """The directory of the stack that `scope` stands in, defined at its first use."""
        stack = Stack.of(scope)
        known = stack.node.try_find_child(cls.CONSTRUCT_ID)
        return known if isinstance(known, ReviewDirectory) else cls(stack, cls.CONSTRUCT_ID)

    def publish(self, output: str, parameter: str, value: str, description: str) -> None:
        """Add an entry.

        Args:
            output: Its name among the stack's outputs.
            parameter: Its name below `/a2i/<stack name>/`.
            value: What the entry says, a name or a URL; perhaps a token.
            description: What it is, for readers of the outputs.
        """
        entry = Construct(self, output)
        ssm.StringParameter(
            entry,
            "Parameter",
            description=description,
            parameter_name=f"/a2i/{Stack.of(self).stack_name}/{parameter}",
            string_value=value,
        )
        _add_output(entry, output, value, description)

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Permit `grantee` to read the parameters, and the id of the stack."""
        stack = Stack.of(self)
        parameters = stack.format_arn(
            service="ssm", resource="parameter", resource_name=f"a2i/{stack.stack_name}"
        )
        named = stack.format_arn(
            service="cloudformation", resource="stack", resource_name=f"{stack.stack_name}/*"
        )
        return grant(grantee, permissions.READ_PARAMETERS, parameters).combine(
            grant(
                grantee,
                permissions.DESCRIBE_STACK,
                named,
                because="asked by name: the end of the ARN is the id, which is to be found out",
            )
        )

    def publish_flow(self, flow_definition: FlowDefinition) -> None:
        """Add the ARN of `flow_definition` to the outputs."""
        name = "".join(word.capitalize() for word in flow_definition.flow_name.split("-"))
        output = f"{name}FlowDefinitionArn"
        _add_output(
            Construct(self, output),
            output,
            flow_definition.flow_definition_arn,
            f"The current flow definition of {flow_definition.flow_name}",
        )

    def publish_portal(self, portal_url: str | None) -> None:
        """Add the worker portal's address.

        Args:
            portal_url: The address; None where it is not known. The first one that is known stays.
                Default: none.
        """
        if portal_url and self.node.try_find_child("PortalUrl") is None:
            self.publish("PortalUrl", "portal-url", portal_url, "Where reviewers sign in")


def _add_output(scope: Construct, name: str, value: str, description: str) -> None:
    """An output that is called by its plain name, without the construct's path."""
    output = CfnOutput(scope, "Output", value=value, description=description)
    output.override_logical_id(name)


class FlowRegistry(Construct):
    """SSM parameters below `/a2i/<stack name>/flows`: one per flow, which the starter reads."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Define an empty registry."""
        super().__init__(scope, construct_id)
        self._revisions: dict[str, str] = {}

    @property
    def path(self) -> str:
        """Prefix of the parameters' names."""
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
