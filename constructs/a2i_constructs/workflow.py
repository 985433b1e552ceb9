"""The facade: everything that human review of one kind of prediction needs, wired."""

from collections.abc import Sequence

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from a2i_constructs.flow.conditions import Always
from a2i_constructs.flow.consolidation import Consolidation
from a2i_constructs.flow.flow_definition import FlowDefinition
from a2i_constructs.flow.human_task_ui import HumanTaskUi, IHumanTaskUi
from a2i_constructs.flow.review_policy import ReviewPolicy
from a2i_constructs.flow.task import DEFAULT_TIME_LIMIT, TaskProps
from a2i_constructs.flow.worker_task_template import WorkerTaskTemplate
from a2i_constructs.functions.names import slug
from a2i_constructs.reviewers.private_workforce import IPrivateWorkforce, PrivateWorkforce
from a2i_constructs.reviewers.workteam import IWorkteam, Workteam
from a2i_constructs.runtime.destroy_guard import DestroyGuard
from a2i_constructs.runtime.human_loop_results import HumanLoopResults
from a2i_constructs.runtime.human_loop_starter import HumanLoopStarter
from a2i_constructs.runtime.review_directory import ReviewDirectory
from a2i_constructs.runtime.review_events import REVIEW_FINISHED, REVIEW_STARTED, make_review_rule
from a2i_constructs.runtime.review_metrics import ReviewMetrics
from a2i_constructs.runtime.review_reconciler import ReviewReconciler
from a2i_constructs.runtime.shared_parts import check_go_together, check_same
from a2i_constructs.storage.review_buckets import ReviewBuckets
from a2i_constructs.storage.review_ledger import ReviewLedger


class HumanReviewWorkflow(Construct):
    """Human review of one kind of prediction, from the request to the answer.

    The smallest use names a template and a work team:

        HumanReviewWorkflow(
            self,
            "Invoices",
            template=WorkerTaskTemplate.from_file("invoices.liquid.html"),
            workteam=Workteam.from_workteam_arn(self, "Team", "arn:aws:sagemaker:..."),
        )

    Every part is a public attribute and can be passed in ready-made. To change how a part is made,
    override its `_make_<part>` hook in a subclass. Hooks run inside `__init__`, before a
    subclass's own attributes exist: all they need comes as arguments.

    Several workflows of a stack share one starter: pass the first one's `starter` and `results`,
    which bring key, buckets and ledger with them.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        template: WorkerTaskTemplate,
        workteam: IWorkteam | None = None,
        flow_name: str | None = None,
        task_title: str | None = None,
        task_description: str = "Read what is shown and answer the questions",
        task_count: int = 1,
        task_availability: Duration | None = None,
        task_time_limit: Duration = DEFAULT_TIME_LIMIT,
        task_keywords: Sequence[str] = (),
        review_policy: ReviewPolicy | None = None,
        consolidation: Consolidation = Consolidation.MAJORITY,
        role: iam.IRole | None = None,
        key: kms.IKey | None = None,
        buckets: ReviewBuckets | None = None,
        ledger: ReviewLedger | None = None,
        workforce: IPrivateWorkforce | None = None,
        human_task_ui: IHumanTaskUi | None = None,
        flow_definition: FlowDefinition | None = None,
        starter: HumanLoopStarter | None = None,
        results: HumanLoopResults | None = None,
        reconciler: ReviewReconciler | None = None,
        destroy_guard: DestroyGuard | None = None,
    ) -> None:
        """Define the workflow; FlowDefinition tells the limits of the task's fields.

        template: what reviewers see; also tells the starter which inputs a request must have.
        workteam: Default: a new team of `workforce`, without members.
        flow_name: Default: the construct's id in kebab-case.
        task_title: Default: the template's name in words.
        review_policy: Default: every prediction is reviewed.
        consolidation: how the answers of several reviewers become one.
        role: the flow definition's. Default: a new one.
        key: Default: a new one that rotates yearly and outlives the stack.
        workforce: used when no `workteam` is given. Default: a new one; an account can have but
            one per region.
        flow_definition: replaces all of `task_*`, `flow_name` and `role`.
        starter, results: only together; key, buckets and ledger are then theirs.
        reconciler, destroy_guard: one of each serves all of a starter's flows. Default: new ones,
            none where a starter is passed in.
        """
        super().__init__(scope, construct_id)
        check_go_together(starter, results)
        self.template = template
        self.review_policy = review_policy or ReviewPolicy(Always())
        self.workforce, self.workteam = self._reviewers(workforce, workteam)
        self.key, self.buckets, self.ledger = self._storage(starter, key, buckets, ledger)
        self.human_task_ui = human_task_ui or self._make_human_task_ui(template)
        task = TaskProps(
            task_title=task_title or _in_words(template.name),
            task_description=task_description,
            task_count=task_count,
            task_availability=task_availability,
            task_time_limit=task_time_limit,
            task_keywords=task_keywords,
        )
        self.flow_definition = flow_definition or self._make_flow_definition(
            flow_name=flow_name or slug(construct_id),
            human_task_ui=self.human_task_ui,
            workteam=self.workteam,
            buckets=self.buckets,
            role=role,
            task=task,
        )
        self.starter = starter or self._make_starter(self.buckets, self.ledger)
        self.results = results or self._make_results(self.buckets, self.ledger)
        self.reconciler = reconciler or (
            None if starter else self._make_reconciler(self.starter, self.results)
        )
        self.destroy_guard = destroy_guard or (
            None if starter else self._make_destroy_guard(self.starter)
        )
        self._register(consolidation)
        self._publish()

    @property
    def flow_name(self) -> str:
        """What requests call this workflow."""
        return self.flow_definition.flow_name

    @property
    def metrics(self) -> ReviewMetrics:
        """What the functions measure of this flow."""
        service = Stack.of(self.starter).stack_name
        return ReviewMetrics(flow_name=self.flow_name, service=service)

    def grant_send_reviews(self, grantee: iam.IGrantable) -> iam.Grant:
        """Send predictions, to this and every other workflow of the same starter."""
        return self.starter.grant_send_reviews(grantee)

    def grant_read_results(self, grantee: iam.IGrantable) -> iam.Grant:
        """Read answers and consolidated results."""
        return self.results.grant_read_results(grantee)

    def on_review_started(
        self, construct_id: str, *, target: events.IRuleTarget | None = None
    ) -> events.Rule:
        """Define a rule for reviews of this flow that wait for people."""
        return make_review_rule(
            self,
            construct_id,
            event_bus=self.starter.event_bus,
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
        """Define a rule for reviews of this flow that ended; targets see some events twice.

        statuses: `Completed`, `Failed`, `Stopped` or `Expired`. Default: any of them.
        """
        return make_review_rule(
            self,
            construct_id,
            event_bus=self.results.event_bus,
            detail_type=REVIEW_FINISHED,
            description="Human reviews of a flow that ended",
            flow_name=self.flow_name,
            statuses=statuses,
            target=target,
        )

    def _make_key(self) -> kms.IKey:
        """Hook: the key that encrypts buckets, queues and ledger."""
        return kms.Key(
            self,
            "Key",
            description="Human reviews: requests, answers, queues, ledger",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN,
        )

    def _make_buckets(self, key: kms.IKey) -> ReviewBuckets:
        """Hook: the input and output buckets."""
        return ReviewBuckets(self, "Buckets", key=key)

    def _make_ledger(self, key: kms.IKey) -> ReviewLedger:
        """Hook: the table of reviews."""
        return ReviewLedger(self, "Ledger", key=key)

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
        buckets: ReviewBuckets,
        role: iam.IRole | None,
        task: TaskProps,
    ) -> FlowDefinition:
        """Hook: the flow definition. `task` may be changed: `{**task, "task_count": 2}`."""
        return FlowDefinition(
            self,
            "FlowDefinition",
            flow_name=flow_name,
            human_task_ui=human_task_ui,
            workteam=workteam,
            buckets=buckets,
            role=role,
            **task,
        )

    def _make_starter(self, buckets: ReviewBuckets, ledger: ReviewLedger) -> HumanLoopStarter:
        """Hook: the function that decides and starts, with its queues."""
        return HumanLoopStarter(self, "Starter", buckets=buckets, ledger=ledger)

    def _make_results(self, buckets: ReviewBuckets, ledger: ReviewLedger) -> HumanLoopResults:
        """Hook: the function that turns finished loops into results."""
        return HumanLoopResults(self, "Results", buckets=buckets, ledger=ledger)

    def _make_reconciler(
        self, starter: HumanLoopStarter, results: HumanLoopResults
    ) -> ReviewReconciler:
        """Hook: the function that ends what events left open."""
        return ReviewReconciler(self, "Reconciler", starter=starter, results=results)

    def _make_destroy_guard(self, starter: HumanLoopStarter) -> DestroyGuard:
        """Hook: what keeps the stack from being destroyed while reviews are pending."""
        return DestroyGuard(self, "DestroyGuard", starter=starter)

    def _reviewers(
        self, workforce: IPrivateWorkforce | None, workteam: IWorkteam | None
    ) -> tuple[IPrivateWorkforce | None, IWorkteam]:
        if workteam:
            return workforce, workteam
        own = workforce or self._make_workforce()
        return own, self._make_workteam(own)

    def _storage(
        self,
        starter: HumanLoopStarter | None,
        key: kms.IKey | None,
        buckets: ReviewBuckets | None,
        ledger: ReviewLedger | None,
    ) -> tuple[kms.IKey, ReviewBuckets, ReviewLedger]:
        if starter:
            check_same("key", key, starter.key)
            check_same("buckets", buckets, starter.buckets)
            check_same("ledger", ledger, starter.ledger)
            return starter.key, starter.buckets, starter.ledger
        own_key = key or self._make_key()
        return (
            own_key,
            buckets or self._make_buckets(own_key),
            ledger or self._make_ledger(own_key),
        )

    def _register(self, consolidation: Consolidation) -> None:
        self.starter.add_flow(
            self.flow_definition,
            review_policy=self.review_policy,
            required_inputs=self.template.required_inputs,
            consolidation=consolidation,
        )

    def _publish(self) -> None:
        directory = ReviewDirectory.of(self)
        directory.publish_flow(self.flow_definition)
        portal_url = self.workteam.portal_url
        if portal_url and not directory.holds("PortalUrl"):
            directory.publish("PortalUrl", "portal-url", portal_url, "Where reviewers sign in")


def _in_words(name: str) -> str:
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]
