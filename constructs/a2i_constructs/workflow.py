"""Human review of one kind of prediction: template, reviewers, task and policy, wired."""

from collections.abc import Sequence
from typing import Unpack

from aws_cdk import Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from a2i_constructs.flow.conditions import Always
from a2i_constructs.flow.consolidation import Consolidation
from a2i_constructs.flow.flow_definition import FlowDefinition
from a2i_constructs.flow.human_task_ui import HumanTaskUi, IHumanTaskUi
from a2i_constructs.flow.review_policy import ReviewPolicy
from a2i_constructs.flow.task import TaskProps
from a2i_constructs.flow.worker_task_template import WorkerTaskTemplate
from a2i_constructs.functions.names import in_words, slug
from a2i_constructs.reviewers.private_workforce import IPrivateWorkforce, PrivateWorkforce
from a2i_constructs.reviewers.workteam import IWorkteam, Workteam
from a2i_constructs.runtime.review_events import REVIEW_FINISHED, REVIEW_STARTED, make_review_rule
from a2i_constructs.runtime.review_metrics import ReviewMetrics
from a2i_constructs.runtime.review_runtime import ReviewRuntime


class HumanReviewWorkflow(Construct):
    """Human review of one kind of prediction, from the request to the answer.

    The smallest use names a template and a work team:

        HumanReviewWorkflow(
            self,
            "Invoices",
            template=WorkerTaskTemplate.from_file("invoices.liquid.html"),
            workteam=Workteam.from_workteam_arn(self, "Team", "arn:aws:sagemaker:..."),
        )

    What all workflows of a stack share is its `ReviewRuntime`. Every part is a public attribute and
    can be passed in. To change how a part is made, override its `_make_<part>` hook in a subclass.
    Hooks run inside `__init__`, before a subclass's own attributes exist: all they need comes as
    arguments.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        template: WorkerTaskTemplate,
        workteam: IWorkteam | None = None,
        workforce: IPrivateWorkforce | None = None,
        flow_name: str | None = None,
        review_policy: ReviewPolicy | None = None,
        consolidation: Consolidation = Consolidation.MAJORITY,
        required_inputs: Sequence[str] | None = None,
        human_task_ui: IHumanTaskUi | None = None,
        flow_definition: FlowDefinition | None = None,
        runtime: ReviewRuntime | None = None,
        **task: Unpack[TaskProps],
    ) -> None:
        """Define the workflow.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            template: What reviewers see.
            workteam: Who gets the tasks. Default: a new team of `workforce`, without members.
            workforce: Used when no `workteam` is given. Default: a new one; an account can have but
                one per region.
            flow_name: Name of the flow in requests. Default: the construct's id in kebab-case.
            review_policy: When a prediction needs a person. Default: always.
            consolidation: How the answers of several reviewers become one.
            required_inputs: Top-level fields that a request's `input` must have. Default: those
                without which the template cannot be rendered.
            human_task_ui: Default: one of the template.
            flow_definition: Replaces `flow_name` and the task. Default: a new one of these.
            runtime: Default: the stack's own, `ReviewRuntime.of(scope)`.
            **task: See TaskProps. Default of the title: the template's name in words.

        Raises:
            ValueError: Something that A2I would refuse, or a flow name that is in use.
        """
        super().__init__(scope, construct_id)
        self.runtime = runtime or ReviewRuntime.of(self)
        self.template = template
        self.review_policy = review_policy or ReviewPolicy(Always())
        self.workforce, self.workteam = self._reviewers(workforce, workteam)
        self.human_task_ui = human_task_ui or self._make_human_task_ui(template)
        self.flow_definition = flow_definition or self._make_flow_definition(
            flow_name=flow_name or slug(construct_id),
            human_task_ui=self.human_task_ui,
            workteam=self.workteam,
            runtime=self.runtime,
            task={"task_title": in_words(template.name), **task},
        )
        self.runtime.guard.protect(self.flow_definition.resource)
        self.runtime.starter.add_flow(
            self.flow_definition,
            review_policy=self.review_policy,
            required_inputs=template.required_inputs
            if required_inputs is None
            else required_inputs,
            consolidation=consolidation,
        )
        self.runtime.directory.publish_flow(self.flow_definition)
        self.runtime.directory.publish_portal(self.workteam.portal_url)

    @property
    def flow_name(self) -> str:
        """Name of the flow in requests."""
        return self.flow_definition.flow_name

    @property
    def metrics(self) -> ReviewMetrics:
        """Metrics that the functions write about this flow."""
        service = Stack.of(self.runtime).stack_name
        return ReviewMetrics(flow_name=self.flow_name, service=service)

    def grant_send_reviews(
        self, grantee: iam.IGrantable, *, sender: str | None = None
    ) -> iam.Grant:
        """Permit an application to send predictions, to every workflow of the same runtime.

        Args:
            grantee: The application.
            sender: Name of the application, 1 to 40 lower case letters, digits and inner hyphens,
                with which it may put large requests below `requests/_incoming/<sender>/` of the
                input bucket. Default: it may put none there.

        Raises:
            ValueError: The sender's name has another form.
        """
        return self.runtime.starter.grant_send_reviews(grantee, sender=sender)

    def grant_read_results(self, grantee: iam.IGrantable) -> iam.Grant:
        """Permit `grantee` to read answers and consolidated results of this flow."""
        return self.runtime.results.grant_read_results(grantee, self.flow_name)

    def grant_use_client(self, grantee: iam.IGrantable) -> iam.Grant:
        """Permit `grantee` to use `a2i_client.Reviews` with every workflow of the same runtime."""
        return self.runtime.grant_use_client(grantee)

    def on_review_started(
        self, construct_id: str, *, target: events.IRuleTarget | None = None
    ) -> events.Rule:
        """Define a rule for reviews of this flow that wait for people, on the runtime's event bus.

        Targets see some events twice. Who may put events on that bus can forge them: see
        `on_review_finished`.

        Args:
            construct_id: Name of the rule.
            target: What gets the events. Default: nothing, until `add_target`.
        """
        return make_review_rule(
            self,
            construct_id,
            event_bus=self.runtime.event_bus,
            detail_type=REVIEW_STARTED,
            description="Human reviews of a flow that began",
            flow_name=self.flow_name,
            target=target,
        )

    def on_review_finished(
        self,
        construct_id: str,
        *,
        target: events.IRuleTarget | None = None,
        statuses: Sequence[str] = (),
    ) -> events.Rule:
        """Define a rule for reviews of this flow that ended, on the runtime's event bus.

        Targets see some events twice. Who may put events on that bus can forge them, and on the
        account's default bus that is whoever has `events:PutEvents`: give the runtime a bus of its
        own (`event_bus`), and read `resultUri` only below `results/` of `buckets.output`, where
        nobody but the stack writes.

        Args:
            construct_id: Name of the rule.
            target: What gets the events. Default: nothing, until `add_target`.
            statuses: `Completed`, `Failed`, `Stopped` or `Expired`. Default: any of them.
        """
        return make_review_rule(
            self,
            construct_id,
            event_bus=self.runtime.event_bus,
            detail_type=REVIEW_FINISHED,
            description="Human reviews of a flow that ended",
            flow_name=self.flow_name,
            statuses=statuses,
            target=target,
        )

    def _make_workforce(self) -> IPrivateWorkforce:
        """Hook: the workforce of a team that is made here."""
        return PrivateWorkforce(self, "Workforce")

    def _make_workteam(self, workforce: IPrivateWorkforce) -> IWorkteam:
        """Hook: the team that gets the tasks."""
        return Workteam(self, "Workteam", workforce=workforce)

    def _make_human_task_ui(self, template: WorkerTaskTemplate) -> IHumanTaskUi:
        """Hook: the template as A2I keeps it."""
        return HumanTaskUi(self, "HumanTaskUi", template=template)

    def _make_flow_definition(
        self,
        *,
        flow_name: str,
        human_task_ui: IHumanTaskUi,
        workteam: IWorkteam,
        runtime: ReviewRuntime,
        task: TaskProps,
    ) -> FlowDefinition:
        """Hook: the flow definition. `task` may be changed: `{**task, "task_count": 2}`."""
        return FlowDefinition(
            self,
            "FlowDefinition",
            flow_name=flow_name,
            human_task_ui=human_task_ui,
            workteam=workteam,
            buckets=runtime.buckets,
            role=runtime.flow_role,
            **task,
        )

    def _reviewers(
        self, workforce: IPrivateWorkforce | None, workteam: IWorkteam | None
    ) -> tuple[IPrivateWorkforce | None, IWorkteam]:
        if workteam:
            return workforce, workteam
        own = workforce or self._make_workforce()
        return own, self._make_workteam(own)
