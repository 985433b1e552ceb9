"""Input and output bucket of human reviews."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct, IConstruct

from a2i_constructs.functions import permissions
from a2i_constructs.functions.checks import check_length, check_pattern
from a2i_constructs.functions.grants import grant, grant_key
from a2i_constructs.functions.kept_resources import KEEP, KeptResources
from a2i_constructs.functions.names import MAX_SLUG_LENGTH, SLUG_ALLOWED, SLUG_PATTERN
from a2i_constructs.functions.rule_packs import (
    BUCKET_ACCESS_LOGS,
    BUCKET_KEY,
    BUCKET_REPLICATION,
    acknowledge_rule,
)
from a2i_core.names import RESULTS_PREFIX

REQUESTS_PREFIX = "requests/"
# A request that has waited for so long in either queue is gone from it.
INCOMING_RETENTION = Duration.days(30)
# No flow's name begins with an underscore, so callers' requests and kept ones never meet.
INCOMING_PREFIX = f"{REQUESTS_PREFIX}_incoming/"
MANIFESTS_PREFIX = "manifests/"
"""S3 prefix of bulk reviews' manifests in the input bucket."""
REVIEWS_PREFIX = "reviews/"
"""S3 prefix in the output bucket below which A2I writes answers."""
HUMAN_LOOPS_PREFIX = "human-loops/"
"""S3 prefix in the input bucket of inputs and answers of human loops in the account."""
_LOGS_BY_BUCKET_POLICY = "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy"
_KEYS_OF_OBJECTS = (
    "keys hold a digest of the reviewId, the start of the human loop, or what the application "
    "chose: they are known at run time only"
)

_ONE_REGION = (
    "A2I works in the bucket's own region; whether content may leave that is its owner's decision, "
    "and versions keep what is overwritten or deleted for 30 days"
)


def incoming_prefix(sender: str) -> str:
    """S3 prefix below which one sender, and nobody else, puts requests into the input bucket.

    Args:
        sender: 1 to 40 lower case letters, digits and inner hyphens.

    Raises:
        ValueError: The sender's name has another form.
    """
    check_pattern("sender", sender, SLUG_PATTERN, SLUG_ALLOWED)
    check_length("sender", sender, minimum=1, maximum=MAX_SLUG_LENGTH)
    return f"{INCOMING_PREFIX}{sender}/"


class BucketProps(TypedDict):
    """The arguments of ReviewBuckets, as it documents them."""

    key: kms.IKey
    former_keys: NotRequired[Sequence[kms.IKey]]
    former_buckets: NotRequired[Sequence[s3.IBucket]]
    input_bucket: NotRequired[s3.IBucket | None]
    output_bucket: NotRequired[s3.IBucket | None]
    answer_retention: NotRequired[Duration | None]
    removal_policy: NotRequired[RemovalPolicy]


class ReviewBuckets(Construct):
    """The input and the output bucket of human reviews.

    The input bucket holds what reviewers look at and the requests that the starter keeps; browsers
    may GET from it across origins, without which A2I cannot show images. The output bucket holds
    the answers as A2I writes them and the consolidated results.

    Default: two new buckets and one for their access logs; versioned, encrypted with `key`, closed
    to the public and to plain HTTP, and kept when the stack is deleted. Replaced and deleted
    versions go after 30 days, as do requests that were handed in; access logs after a year, kept
    requests and answers never.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: kms.IKey,
        former_keys: Sequence[kms.IKey] = (),
        former_buckets: Sequence[s3.IBucket] = (),
        input_bucket: s3.IBucket | None = None,
        output_bucket: s3.IBucket | None = None,
        answer_retention: Duration | None = None,
        removal_policy: RemovalPolicy = KEEP,
    ) -> None:
        """Define the buckets, or take the ones given.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            key: Encrypts new buckets, and is granted together with objects. An injected bucket must
                be encrypted with it, with a former key, or with S3's own keys.
            former_keys: Keys that objects of pending reviews are still encrypted with.
            former_buckets: Buckets, for input or output, that hold objects of pending reviews.
                What may read one of the buckets may read the same prefix there.
            input_bucket: Must be in the stack's region and allow GET in its CORS rules. Default: a
                new one.
            output_bucket: Must be in the stack's region. Default: a new one.
            answer_retention: Days that a new output bucket keeps answers and results, and a new
                input bucket the requests that led to them, and what human loops in the account
                leave there. Default: forever.
            removal_policy: Of new buckets. Default: they outlive the stack.
        """
        super().__init__(scope, construct_id)
        # Apps without this feature flag would let logs in by an ACL, which buckets refuse by now.
        self.node.set_context(_LOGS_BY_BUCKET_POLICY, True)  # noqa: FBT003  # jsii takes the value by position
        self.key = key
        self.answer_retention = answer_retention
        self.former_keys = [*former_keys]
        self.former_buckets = [*former_buckets]
        self._removal_policy = removal_policy
        self.access_logs: s3.Bucket | None = None
        if input_bucket is None or output_bucket is None:
            self.access_logs = self._make_access_logs()
        self.input: s3.IBucket = input_bucket or self._make_input(answer_retention)
        self.output: s3.IBucket = output_bucket or self._make_output(answer_retention)

    def deliver_access_logs_after(self, resource: IConstruct) -> None:
        """Let S3 deliver access logs only once `resource` exists.

        A bucket that holds logs cannot be deleted, so a first deployment that fails must not have
        any yet.
        """
        if self.access_logs and self.access_logs.policy:
            self.access_logs.policy.node.add_dependency(resource)

    def grant_read_input(self, grantee: iam.IGrantable, prefix: str = "") -> iam.Grant:
        """Permit `grantee` to read objects below a prefix of the input bucket.

        Args:
            grantee: The application.
            prefix: What the objects' keys begin with. Default: anything.
        """
        return self._grant_read(grantee, self.input, prefix)

    def grant_put_input(self, grantee: iam.IGrantable, prefix: str = "") -> iam.Grant:
        """Permit `grantee` to write objects below a prefix of the input bucket.

        Args:
            grantee: The application.
            prefix: What the objects' keys begin with. Default: anything.
        """
        return self._grant_put(grantee, self.input, prefix)

    def grant_keep_requests(self, grantee: iam.IGrantable) -> iam.Grant:
        """Permit `grantee` to read, write and delete kept requests."""
        delete = self._grant_objects(
            grantee, permissions.DELETE_OBJECT, [self.input], REQUESTS_PREFIX
        )
        return (
            self.grant_read_requests(grantee)
            .combine(self.grant_put_input(grantee, REQUESTS_PREFIX))
            .combine(delete)
        )

    def grant_read_requests(self, grantee: iam.IGrantable) -> iam.Grant:
        """Permit `grantee` to read kept requests, and to tell missing ones from forbidden ones."""
        names = grant(
            grantee,
            permissions.LIST_BUCKET,
            *(bucket.bucket_arn for bucket in (self.input, *self.former_buckets)),
            conditions={"StringLike": {"s3:prefix": f"{REQUESTS_PREFIX}*"}},
        )
        return self.grant_read_input(grantee, REQUESTS_PREFIX).combine(names)

    def grant_delete_human_loops(self, grantee: iam.IGrantable) -> iam.Grant:
        """Permit `grantee` to list and delete what human loops in the account keep."""
        names = self.grant_list_human_loops(grantee)
        return self._grant_objects(
            grantee, permissions.DELETE_OBJECT, [self.input], HUMAN_LOOPS_PREFIX
        ).combine(names)

    def grant_list_human_loops(self, grantee: iam.IGrantable) -> iam.Grant:
        """Permit `grantee` to list what human loops in the account keep."""
        return grant(
            grantee,
            permissions.LIST_BUCKET,
            self.input.bucket_arn,
            conditions={"StringLike": {"s3:prefix": f"{HUMAN_LOOPS_PREFIX}*"}},
        )

    def grant_read_output(self, grantee: iam.IGrantable, *prefixes: str) -> iam.Grant:
        """Permit `grantee` to read objects below `prefixes` of the output bucket.

        Default: answers and results.
        """
        return self._grant_read(
            grantee, self.output, *(prefixes or (REVIEWS_PREFIX, RESULTS_PREFIX))
        )

    def grant_list_output(self, grantee: iam.IGrantable) -> iam.Grant:
        """Permit `grantee` to list the output bucket.

        Without it, a missing object reads as a forbidden one.
        """
        return grant(
            grantee,
            permissions.LIST_BUCKET,
            *(bucket.bucket_arn for bucket in (self.output, *self.former_buckets)),
        )

    def grant_put_output(self, grantee: iam.IGrantable, prefix: str) -> iam.Grant:
        """Permit `grantee` to write objects below `prefix` of the output bucket."""
        return self._grant_put(grantee, self.output, prefix)

    def grant_former_keys(self, grantee: iam.IGrantable) -> None:
        """Permit `grantee` to decrypt what queues and ledger hold under former keys."""
        for key in self.former_keys:
            key.grant(grantee, *permissions.DECRYPT)

    def grant_run_flows(self, role: iam.IGrantable) -> iam.Grant:
        """Permit `role` to read what reviewers look at and to write their answers.

        That is what A2I does with a flow's role. Former buckets and keys are included: a flow
        definition that an update has replaced goes on with those that it was created with.
        """
        former = self.former_buckets
        every_bucket = (self.input, self.output, *former)
        self._deny_requests(role)
        grant(role, permissions.LOCATE_BUCKET, *(bucket.bucket_arn for bucket in every_bucket))
        self._grant_objects(role, permissions.READ_OBJECT, (self.input, *former), "")
        self._grant_objects(role, permissions.WRITE_OBJECT, (self.output, *former), REVIEWS_PREFIX)
        return grant(
            role,
            permissions.USE_KEY_AS_FLOW,
            *(key.key_arn for key in (self.key, *self.former_keys)),
            because="the A2I guide demands the actions in this form for an output bucket with a "
            "customer's key; the statement names the keys",
        )

    def _deny_requests(self, role: iam.IGrantable) -> None:
        """Whatever URI a sender puts into its `input`, the flows show no review of another."""
        role.grant_principal.add_to_principal_policy(
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                actions=permissions.READ_OBJECT,
                resources=[
                    bucket.arn_for_objects(f"{prefix}*")
                    for bucket in (self.input, *self.former_buckets)
                    for prefix in (REQUESTS_PREFIX, MANIFESTS_PREFIX, HUMAN_LOOPS_PREFIX)
                ],
            )
        )

    def on_input_created(
        self, construct_id: str, *, prefix: str = "", target: events.IRuleTarget | None = None
    ) -> events.Rule:
        """Define a rule for new objects of the input bucket.

        A bucket that was passed in must tell EventBridge of its objects already.

        Args:
            construct_id: Name of the rule.
            prefix: What the objects' keys begin with. Default: anything.
            target: What gets the events. Default: nothing, until `add_target`.
        """
        self.send_input_events()
        return events.Rule(
            self,
            construct_id,
            event_pattern=events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={
                    "bucket": {"name": [self.input.bucket_name]},
                    "object": {"key": [{"prefix": prefix}]},
                },
            ),
            targets=[target] if target else None,
        )

    def send_input_events(self) -> None:
        """Have a new input bucket tell EventBridge of its objects."""
        resource = self.input.node.default_child
        if isinstance(resource, s3.CfnBucket):
            # The L2's own switch would add a function that sets this property.
            resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
                event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(
                    event_bridge_enabled=True
                )
            )

    def _grant_read(self, grantee: iam.IGrantable, bucket: s3.IBucket, *prefixes: str) -> iam.Grant:
        objects = self._grant_objects(
            grantee, permissions.READ_OBJECT, (bucket, *self.former_buckets), *prefixes
        )
        keys = [self.key, *self.former_keys]
        return objects.combine(grant_key(grantee, permissions.DECRYPT, keys, via=["s3"]))

    def _grant_put(self, grantee: iam.IGrantable, bucket: s3.IBucket, prefix: str) -> iam.Grant:
        key = grant_key(grantee, permissions.ENCRYPT, [self.key], via=["s3"])
        return self._grant_objects(grantee, permissions.WRITE_OBJECT, [bucket], prefix).combine(key)

    def _grant_objects(
        self,
        grantee: iam.IGrantable,
        actions: Sequence[str],
        buckets: Sequence[s3.IBucket],
        *prefixes: str,
    ) -> iam.Grant:
        arns = [bucket.arn_for_objects(f"{prefix}*") for bucket in buckets for prefix in prefixes]
        return grant(grantee, actions, *arns, because=_KEYS_OF_OBJECTS)

    def _make_access_logs(self) -> s3.Bucket:
        """S3's own encryption, because log delivery cannot use a customer's key."""
        bucket = s3.Bucket(
            self,
            "AccessLogs",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            lifecycle_rules=[*_clean_up(), *_expire(Duration.days(365))],
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=self._removal_policy,
        )
        KeptResources.of(self).add(bucket)
        acknowledge_rule(
            bucket, BUCKET_KEY, because="S3 delivers access logs to no bucket with a KMS key"
        )
        acknowledge_rule(
            bucket, BUCKET_ACCESS_LOGS, because="it holds access logs; its own would never end"
        )
        acknowledge_rule(bucket, BUCKET_REPLICATION, because=_ONE_REGION)
        return bucket

    def _make_input(self, answer_retention: Duration | None) -> s3.Bucket:
        show_in_any_portal = s3.CorsRule(
            allowed_methods=[s3.HttpMethods.GET],
            allowed_origins=["*"],
            exposed_headers=["Access-Control-Allow-Origin"],
        )
        return self._make_bucket(
            "Input",
            cors=[show_in_any_portal],
            lifecycle_rules=[
                *_expire(answer_retention, prefix=REQUESTS_PREFIX),
                # What a start left whose human loop never came to be; the rest is deleted before.
                *_expire(answer_retention, prefix=HUMAN_LOOPS_PREFIX),
                *_expire(INCOMING_RETENTION, prefix=INCOMING_PREFIX),
            ],
        )

    def _make_output(self, answer_retention: Duration | None) -> s3.Bucket:
        return self._make_bucket("Output", lifecycle_rules=_expire(answer_retention))

    def _make_bucket(
        self,
        construct_id: str,
        *,
        cors: list[s3.CorsRule] | None = None,
        lifecycle_rules: list[s3.LifecycleRule],
    ) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            construct_id,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            bucket_key_enabled=True,
            cors=cors,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.key,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            lifecycle_rules=[*_clean_up(), *lifecycle_rules],
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            server_access_logs_bucket=self.access_logs,
            server_access_logs_prefix=f"{construct_id.lower()}/",
            removal_policy=self._removal_policy,
        )
        KeptResources.of(self).add(bucket)
        acknowledge_rule(bucket, BUCKET_REPLICATION, because=_ONE_REGION)
        return bucket


def _clean_up() -> list[s3.LifecycleRule]:
    return [
        s3.LifecycleRule(
            noncurrent_version_expiration=Duration.days(30),
            abort_incomplete_multipart_upload_after=Duration.days(7),
        )
    ]


def _expire(after: Duration | None, *, prefix: str | None = None) -> list[s3.LifecycleRule]:
    return [s3.LifecycleRule(expiration=after, prefix=prefix)] if after else []
