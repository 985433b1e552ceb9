"""The project's stack with an application's role, granted one of its flows: `python -m` this."""

import json
from pathlib import Path

from aws_cdk import App, CfnOutput
from aws_cdk import aws_iam as iam

from infra.review_stack import ReviewStack
from infra.settings_source import read_settings

CDK_JSON = Path(__file__).parents[2] / "cdk.json"


def main() -> None:
    """Synthesise the stack with the context of cdk.json."""
    app = App(context=json.loads(CDK_JSON.read_text(encoding="utf-8"))["context"])
    settings = read_settings(app.node.get_all_context())
    stack = ReviewStack(app, settings.stack_name, settings=settings)
    caller = iam.Role(stack, "Caller", path="/applications/", assumed_by=iam.AccountRootPrincipal())
    stack.workflows["sentiment"].flow_definition.grant_start_human_loop(caller)
    CfnOutput(stack, "CallerRoleArn", value=caller.role_arn)
    app.synth()


if __name__ == "__main__":
    main()
