"""Stacks that the tests of the constructs share: each synthesis costs seconds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template
from constructs import Construct

from a2i_constructs import (
    FlowDefinition,
    HumanReviewWorkflow,
    HumanTaskUi,
    IHumanTaskUi,
    IWorkteam,
    ReviewBuckets,
    WorkerTaskTemplate,
    Workteam,
)

ROOT = Path(__file__).parents[2]
TEAM_ARN = "arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/reviewers"
CONTENT = """
<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <crowd-classifier name="tone" categories="['Good', 'Bad']" header="How does it sound?">
    <classification-target>{{ task.input.text }}</classification-target>
    <full-instructions header="How to decide">Choose one.</full-instructions>
    <short-instructions>Choose one.</short-instructions>
  </crowd-classifier>
</crowd-form>
"""

Resource = Mapping[str, Any]


def feature_flags() -> dict[str, Any]:
    """The flags that our app runs with."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    return {key: value for key, value in context.items() if key.startswith("@aws-cdk")}


def new_stack(name: str = "Review") -> Stack:
    return Stack(App(context=feature_flags()), name)


def tone_template() -> WorkerTaskTemplate:
    return WorkerTaskTemplate.from_inline(CONTENT, name="tone", sample_input={"text": "Fine."})


@dataclass
class FlowParts:
    """What a flow definition needs, besides its own properties."""

    stack: Stack
    human_task_ui: IHumanTaskUi
    workteam: IWorkteam
    buckets: ReviewBuckets
    role: iam.IRole

    @classmethod
    def make(cls) -> "FlowParts":
        stack = new_stack()
        service = iam.ServicePrincipal("sagemaker.amazonaws.com")
        return cls(
            stack=stack,
            human_task_ui=HumanTaskUi(stack, "Ui", template=tone_template()),
            workteam=Workteam.from_workteam_arn(stack, "Team", TEAM_ARN),
            buckets=ReviewBuckets(stack, "Buckets", key=kms.Key(stack, "Key")),
            role=iam.Role(stack, "FlowRole", assumed_by=service),
        )

    def flow(self, **changes: Any) -> FlowDefinition:
        """A flow definition of its own scope, so that many fit into one stack."""
        scope = Construct(self.stack, f"Case{len(self.stack.node.children)}")
        properties: dict[str, Any] = {
            "flow_name": "tone",
            "human_task_ui": self.human_task_ui,
            "workteam": self.workteam,
            "buckets": self.buckets,
            "role": self.role,
            "task_title": "How does it sound?",
            "task_description": "Read the text and choose",
        }
        return FlowDefinition(scope, "Flow", **{**properties, **changes})


@cache
def flow_parts() -> FlowParts:
    """One set of parts for tests of refusals, which add nothing to the stack that counts."""
    return FlowParts.make()


@cache
def two_flows() -> Template:
    """Two workflows that share all but their own parts, with a team made for them."""
    stack = new_stack()
    first = HumanReviewWorkflow(stack, "Tone", template=tone_template())
    HumanReviewWorkflow(stack, "SecondTone", template=tone_template(), workteam=first.workteam)
    return Template.from_stack(stack)


def properties(template: Template, resource_type: str) -> list[Resource]:
    """The properties of each resource of a type, in the template's order."""
    found = template.find_resources(resource_type)
    return [resource.get("Properties", {}) for resource in found.values()]
