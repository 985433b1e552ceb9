"""The project's stack with a second flow, and a role for an application: `python -m` this."""

import json
from pathlib import Path

from aws_cdk import App, CfnOutput
from aws_cdk import aws_iam as iam

from a2i_constructs import HumanReviewWorkflow, WorkerTaskTemplate
from infra.review_stack import ReviewStack
from infra.settings_source import read_settings

CDK_JSON = Path(__file__).parents[3] / "cdk.json"


def main() -> None:
    """Synthesise the stack with the context of cdk.json."""
    app = App(context=json.loads(CDK_JSON.read_text(encoding="utf-8"))["context"])
    settings = read_settings(app.node.get_all_context())
    stack = ReviewStack(app, settings.stack_name, settings=settings)
    second = HumanReviewWorkflow(
        stack,
        "Second",
        template=WorkerTaskTemplate.from_bundled("sentiment_review"),
        workteam=stack.workteam,
    )
    application = iam.Role(stack, "Application", assumed_by=iam.AccountRootPrincipal())
    second.grant_use_client(application)
    CfnOutput(stack, "ApplicationRoleArn", value=application.role_arn)
    app.synth()


if __name__ == "__main__":
    main()
