"""What tells reviewers that work waits: Amazon A2I itself tells them nothing."""

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns as sns
from constructs import Construct

from a2i_constructs.runtime.human_loop_starter import HumanLoopStarter
from a2i_constructs.runtime.review_events import REVIEW_STARTED, make_review_rule


class ReviewerNotification(Construct):
    """A message to a topic for each review of the starter's stack that begins.

    The message names the flow and nothing of the content. Reviewers subscribe by e-mail or chat;
    for many reviews an hour, let a function of your own collect the same events instead.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        starter: HumanLoopStarter,
        topic: sns.ITopic,
    ) -> None:
        """Define the rule.

        topic: an imported one, and the key of an encrypted one, must let events.amazonaws.com
            publish.
        """
        super().__init__(scope, construct_id)
        flow = events.EventField.from_path("$.detail.flow")
        text = f"A review of {flow} waits for you in the worker portal"
        self.rule = make_review_rule(
            self,
            "ReviewStarted",
            event_bus=starter.event_bus,
            detail_type=REVIEW_STARTED,
            description="Human reviews of this stack that began",
            target=targets.SnsTopic(topic, message=events.RuleTargetInput.from_text(text)),
        )
