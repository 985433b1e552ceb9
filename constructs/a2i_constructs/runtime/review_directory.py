"""Where people and programs outside the stack find its parts."""

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from a2i_constructs.flow.flow_definition import FlowDefinition


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

    def holds(self, output: str) -> bool:
        """Whether there is an entry of that name."""
        return self.node.try_find_child(output) is not None

    def publish(self, output: str, parameter: str, value: str, description: str) -> None:
        """Add an entry.

        output: its name among the stack's outputs.
        parameter: its name below `/a2i/<stack name>/`.
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

    def publish_flow(self, flow_definition: FlowDefinition) -> None:
        """Add the ARN of a flow definition to the outputs."""
        name = "".join(word.capitalize() for word in flow_definition.flow_name.split("-"))
        output = f"{name}FlowDefinitionArn"
        _add_output(
            Construct(self, output),
            output,
            flow_definition.flow_definition_arn,
            f"The current flow definition of {flow_definition.flow_name}",
        )


def _add_output(scope: Construct, name: str, value: str, description: str) -> None:
    """An output that is called by its plain name, without the construct's path."""
    output = CfnOutput(scope, "Output", value=value, description=description)
    output.override_logical_id(name)
