"""ReviewerNotification: which events become which message."""

import json

from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Match, Template

from a2i_constructs import HumanReviewWorkflow, ReviewerNotification, Workteam
from tests.constructs.review_stacks import TEAM_ARN, new_stack, tone_template


def test_reviews_of_this_stack_that_begin_are_told_without_their_content() -> None:
    stack = new_stack()
    team = Workteam.from_workteam_arn(stack, "Team", TEAM_ARN)
    workflow = HumanReviewWorkflow(stack, "Tone", template=tone_template(), workteam=team)
    ReviewerNotification(
        stack,
        "Notification",
        event_bus=workflow.runtime.event_bus,
        topic=sns.Topic(stack, "Reviewers"),
    )
    template = Template.from_stack(stack)
    template.has_resource_properties(
        "AWS::Events::Rule",
        {
            "EventPattern": {
                "source": ["a2i.review"],
                "detail-type": ["Human Review Started"],
                "resources": [{"Ref": "AWS::StackId"}],
            },
            "Targets": [
                Match.object_like(
                    {
                        "InputTransformer": {
                            "InputPathsMap": {"detail-flow": "$.detail.flow"},
                            "InputTemplate": json.dumps(
                                "A review of <detail-flow> waits for you in the worker portal"
                            ),
                        }
                    }
                )
            ],
        },
    )
