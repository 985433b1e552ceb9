"""Everything that human review needs once per stack, and that all of its flows share."""

from collections.abc import Sequence
from functools import reduce
from weakref import WeakKeyDictionary

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from a2i_constructs.backends.review_backend import ReviewBackend
from a2i_constructs.functions import permissions
from a2i_constructs.functions.function_defaults import FunctionDefaults, StackFunctions
from a2i_constructs.functions.grants import grant
from a2i_constructs.functions.kept_resources import KEEP, KeptResources
from a2i_constructs.functions.rule_packs import acknowledge_inline_policy
from a2i_constructs.runtime.human_loop_results import HumanLoopResults
from a2i_constructs.runtime.human_loop_starter import DEFAULT_QUEUE_MAX_AGE, HumanLoopStarter
from a2i_constructs.runtime.review_directory import ReviewDirectory
from a2i_constructs.runtime.review_events import default_event_bus
from a2i_constructs.runtime.review_guard import ReviewGuard, ReviewNeeds
from a2i_constructs.runtime.review_reconciler import ReviewReconciler
from a2i_constructs.storage.review_buckets import BucketProps, ReviewBuckets
from a2i_constructs.storage.review_ledger import ReviewLedger
from a2i_core.names import RESULTS_PREFIX


class ReviewRuntime(Construct):
    """Key, storage, functions and role that a stack's human review flows share; one per stack.

    `ReviewRuntime.of(scope)` is the stack's runtime, and makes it with defaults at its first use.
    To choose, define one before the first flow:

        ReviewRuntime(self, "Runtime", key=key, answer_retention=Duration.days(90))

    Parts can be passed in. To change how a part is made, override its `_make_<part>` hook in a
    subclass. Hooks run inside `__init__`, before a subclass's own attributes exist: all they need
    comes as arguments.
    """

    CONSTRUCT_ID = "ReviewRuntime"

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: kms.IKey | None = None,
        former_keys: Sequence[kms.IKey] = (),
        buckets: ReviewBuckets | None = None,
        former_buckets: Sequence[s3.IBucket] = (),
        ledger: ReviewLedger | None = None,
        flow_role: iam.IRole | None = None,
        event_bus: events.IEventBus | None = None,
        answer_retention: Duration | None = None,
        removal_policy: RemovalPolicy = KEEP,
        queue_max_age: Duration = DEFAULT_QUEUE_MAX_AGE,
        function_defaults: FunctionDefaults | None = None,
        backend: ReviewBackend | None = None,
    ) -> None:
        """Define the runtime of the stack.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            key: Encrypts buckets, queues and ledger. Default: the key of `buckets`, or a new one
                that rotates yearly.
            former_keys: Keys that content of pending reviews is still encrypted with. Name the
                former one when the key changes, and drop it when all reviews of then have ended.
            buckets: Default: new ones.
            former_buckets: Buckets that hold content of pending reviews; likewise. With `buckets`
                passed in, former keys and buckets are theirs.
            ledger: Default: a new table.
            flow_role: Role that A2I assumes for every flow; gets the permissions unless it is
                imported as immutable. The runtime's own role stays beside it, for flow definitions
                that were created with it. Default: the runtime's own.
            event_bus: Gets the events about reviews. Default: the account's default bus, on which
                whoever may put events can forge them.
            answer_retention: Days that new buckets and a new ledger keep finished reviews. Default:
                forever.
            removal_policy: Of a new key, new buckets and a new ledger. Default: they outlive the
                stack.
            queue_max_age: How long a request that Amazon A2I does not take waits before it goes to
                the dead-letter queue, a minute to three days. Default: a day.
            function_defaults: For every function of the library in the stack, whether it was
                defined before the runtime or after. Default: those of `FunctionDefaults`.
            backend: Where human loops live. Default: Amazon A2I.

        Raises:
            ValueError: The stack has a runtime already, or parts made for another backend.
        """
        super().__init__(scope, construct_id)
        self._register()
        (backend or ReviewBackend.a2i()).use_in(self)
        self.backend = ReviewBackend.of(self)
        if function_defaults:
            StackFunctions.of(self).use(function_defaults)
        self.key = key or (buckets.key if buckets else self._make_key(removal_policy))
        self.buckets = buckets or self._make_buckets(
            BucketProps(
                key=self.key,
                former_keys=former_keys,
                former_buckets=former_buckets,
                answer_retention=answer_retention,
                removal_policy=removal_policy,
            )
        )
        self.ledger = ledger or self._make_ledger(self.key, answer_retention, removal_policy)
        self.backend.make_service(self, buckets=self.buckets, removal_policy=removal_policy)
        self.own_flow_role = self._make_flow_role()
        acknowledge_inline_policy(self.own_flow_role)
        self.flow_role = flow_role or self.own_flow_role
        for role in self._flow_roles:
            self.buckets.grant_run_flows(role)
            self.backend.let_assume(role, self)
        self.event_bus = event_bus or self._make_event_bus()
        self.starter = self._make_starter(
            buckets=self.buckets,
            ledger=self.ledger,
            event_bus=self.event_bus,
            queue_max_age=queue_max_age,
        )
        self.results = self._make_results(self.buckets, self.ledger, self.event_bus)
        self.reconciler = self._make_reconciler(self.starter, self.results)
        self.guard = self._make_guard(self.starter, self._needs())
        self.directory = ReviewDirectory.of(self)
        self._publish()

    @classmethod
    def of(cls, scope: Construct) -> "ReviewRuntime":
        """The runtime of the stack that `scope` is in, defined with defaults at its first use."""
        stack = Stack.of(scope)
        return _RUNTIMES.get(stack) or cls(stack, cls.CONSTRUCT_ID)

    def grant_use_client(self, grantee: iam.IGrantable) -> iam.Grant:
        """Permit `grantee` to use `a2i_client.Reviews`: send, look up, wait, read results."""
        invoke = grant(grantee, permissions.INVOKE_FUNCTION, self.starter.function.function_arn)
        return reduce(
            iam.Grant.combine,
            [
                invoke,
                self.ledger.grant_read(grantee),
                self.buckets.grant_read_output(grantee, RESULTS_PREFIX),
                self.buckets.grant_list_output(grantee),
                self.directory.grant_read(grantee),
            ],
        )

    def grant_read_access(self, bucket: s3.IBucket, prefix: str = "") -> iam.Grant:
        """Let reviewers see objects of another bucket.

        Templates name such an object by its URI and the filter `grant_read_access`.

        Args:
            bucket: Must allow GET in its CORS rules.
            prefix: What the objects' keys begin with. Default: anything.
        """
        objects = bucket.arn_for_objects(f"{prefix}*")
        self.guard.needs.read_access.append(objects)
        granted = [
            grant(
                role,
                permissions.READ_OBJECT,
                objects,
                because="read only: applications choose the keys of what reviewers look at",
            ).combine(grant(role, permissions.LOCATE_BUCKET, bucket.bucket_arn))
            for role in self._flow_roles
        ]
        key = bucket.encryption_key
        granted += [key.grant_decrypt(role) for role in self._flow_roles] if key else []
        return reduce(iam.Grant.combine, granted)

    def _make_key(self, removal_policy: RemovalPolicy) -> kms.IKey:
        """Hook: the key that encrypts buckets, queues and ledger."""
        key = kms.Key(
            self,
            "Key",
            description="Human reviews: requests, answers, queues, ledger",
            enable_key_rotation=True,
            removal_policy=removal_policy,
        )
        KeptResources.of(self).add(key)
        return key

    def _make_buckets(self, props: BucketProps) -> ReviewBuckets:
        """Hook: the buckets. `props` may be changed: `{**props, "input_bucket": ...}`."""
        return ReviewBuckets(self, "Buckets", **props)

    def _make_ledger(
        self, key: kms.IKey, retention: Duration | None, removal_policy: RemovalPolicy
    ) -> ReviewLedger:
        """Hook: the table of reviews."""
        return ReviewLedger(
            self, "Ledger", key=key, retention=retention, removal_policy=removal_policy
        )

    def _make_flow_role(self) -> iam.Role:
        """Hook: the role that A2I assumes; an update must not replace it while reviews wait."""
        principals = self.backend.flow_role_principals(self)
        return iam.Role(
            self,
            "FlowRole",
            assumed_by=iam.CompositePrincipal(*principals),
            description="A2I shows reviewers the input and writes their answers with it",
        )

    def _make_event_bus(self) -> events.IEventBus:
        """Hook: the bus of the events about reviews."""
        return default_event_bus(self)

    def _make_starter(
        self,
        *,
        buckets: ReviewBuckets,
        ledger: ReviewLedger,
        event_bus: events.IEventBus,
        queue_max_age: Duration,
    ) -> HumanLoopStarter:
        """Hook: the function that decides and starts human loops, with its queues."""
        return HumanLoopStarter(
            self,
            "Starter",
            buckets=buckets,
            ledger=ledger,
            event_bus=event_bus,
            queue_max_age=queue_max_age,
        )

    def _make_results(
        self, buckets: ReviewBuckets, ledger: ReviewLedger, event_bus: events.IEventBus
    ) -> HumanLoopResults:
        """Hook: the function that turns finished human loops into results."""
        return HumanLoopResults(
            self, "Results", buckets=buckets, ledger=ledger, event_bus=event_bus
        )

    def _make_reconciler(
        self, starter: HumanLoopStarter, results: HumanLoopResults
    ) -> ReviewReconciler:
        """Hook: the function that finds stuck reviews."""
        return ReviewReconciler(self, "Reconciler", starter=starter, results=results)

    def _make_guard(self, starter: HumanLoopStarter, needs: ReviewNeeds) -> ReviewGuard:
        """Hook: the custom resources that fail what would lose pending reviews."""
        return ReviewGuard(self, "Guard", starter=starter, needs=needs)

    def _needs(self) -> ReviewNeeds:
        buckets = (self.buckets.input, self.buckets.output, *self.buckets.former_buckets)
        return ReviewNeeds(
            keys=[self.key, *self.buckets.former_keys],
            buckets=[bucket.bucket_name for bucket in buckets],
            roles=self._flow_roles,
        )

    @property
    def _flow_roles(self) -> list[iam.IRole]:
        """Definitions that were created with either one may have reviews pending."""
        if self.flow_role is self.own_flow_role:
            return [self.own_flow_role]
        return [self.own_flow_role, self.flow_role]

    def _register(self) -> None:
        stack = Stack.of(self)
        known = _RUNTIMES.get(stack)
        if known:
            raise ValueError(
                f"stack {stack.stack_name!r} already has a review runtime at "
                f"{known.node.path!r}, which serves all of its flows: pass it on as runtime, and "
                "define your own before the first flow"
            )
        _RUNTIMES[stack] = self

    def _publish(self) -> None:
        """Names that programs and the `a2i` command look up."""
        starter = self.starter
        for output, parameter, value, description in (
            (
                "StarterFunctionName",
                "starter-function-name",
                starter.function.function_name,
                "Function that takes requests",
            ),
            ("QueueUrl", "queue-url", starter.queue.queue_url, "Queue that takes requests"),
            (
                "DeadLetterQueueUrl",
                "dead-letter-queue-url",
                starter.dead_letter_queue.queue_url,
                "Requests that could not be started",
            ),
            (
                "InputBucketName",
                "input-bucket",
                self.buckets.input.bucket_name,
                "Bucket of what is reviewed",
            ),
            (
                "OutputBucketName",
                "output-bucket",
                self.buckets.output.bucket_name,
                "Bucket of answers and results",
            ),
            (
                "LedgerTableName",
                "ledger-table",
                self.ledger.table.table_name,
                "Table of all reviews",
            ),
            (
                "ReconcilerFunctionName",
                "reconciler-function-name",
                self.reconciler.function.function_name,
                "Invoke it to reconcile at once",
            ),
            (
                "EventBusName",
                "event-bus-name",
                self.event_bus.event_bus_name,
                "Bus of the events about reviews",
            ),
        ):
            self.directory.publish(output, parameter, value, description)
        if self.backend.names != ReviewBackend.a2i().names:
            names = ",".join(self.backend.names)
            self.directory.publish("Backends", "backends", names, "Where human loops live")


_RUNTIMES: WeakKeyDictionary[Stack, ReviewRuntime] = WeakKeyDictionary()
