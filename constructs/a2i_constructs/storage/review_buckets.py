"""The buckets that a review reads from and writes to."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from a2i_constructs.functions import permissions
from a2i_constructs.storage.former_keys import every_key, former_keys_statement

REQUESTS_PREFIX = "requests/"
# A request that has waited for so long in either queue is gone from it.
INCOMING_RETENTION = Duration.days(30)
# No flow's name begins with an underscore, so callers' requests and kept ones never meet.
INCOMING_PREFIX = f"{REQUESTS_PREFIX}_incoming/"
RESULTS_PREFIX = "results/"
_LOGS_BY_BUCKET_POLICY = "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy"


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
        input_bucket: s3.IBucket | None = None,
        output_bucket: s3.IBucket | None = None,
        answer_retention: Duration | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        """Define the buckets, or take the ones given.

        key: encrypts new buckets, and is granted together with objects. An injected bucket must
            be encrypted with it or with S3's own keys.
        input_bucket: must stand in the stack's region and allow GET in its CORS rules.
        answer_retention: how long a new output bucket keeps answers and results, and a new input
            bucket the requests that led to them. Default: forever.
        """
        super().__init__(scope, construct_id)
        # Apps without this feature flag would let logs in by an ACL, which buckets refuse by now.
        self.node.set_context(_LOGS_BY_BUCKET_POLICY, True)  # noqa: FBT003  # jsii takes the value by position
        self.key = key
        self._removal_policy = removal_policy
        self.access_logs: s3.IBucket | None = None
        if input_bucket is None or output_bucket is None:
            self.access_logs = self._make_access_logs()
        self.input: s3.IBucket = input_bucket or self._make_input(answer_retention)
        self.output: s3.IBucket = output_bucket or self._make_output(answer_retention)

    def grant_read_input(self, grantee: iam.IGrantable, prefix: str = "") -> iam.Grant:
        """Read objects below `prefix` of the input bucket. Default: all of it."""
        return self._grant_read(grantee, self.input, prefix)

    def grant_put_input(self, grantee: iam.IGrantable, prefix: str = "") -> iam.Grant:
        """Write objects below `prefix` of the input bucket. Default: anywhere in it."""
        return self._grant(
            grantee, permissions.WRITE_OBJECT, self.input, f"{prefix}*", permissions.ENCRYPT
        )

    def grant_keep_requests(self, grantee: iam.IGrantable) -> iam.Grant:
        """Read, write and delete kept requests, and tell a missing one from a forbidden one."""
        objects = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=permissions.DELETE_OBJECT,
            resource_arns=[self.input.arn_for_objects(f"{REQUESTS_PREFIX}*")],
        )
        names = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=permissions.LIST_BUCKET,
            resource_arns=[self.input.bucket_arn],
            conditions={"StringLike": {"s3:prefix": f"{REQUESTS_PREFIX}*"}},
        )
        return (
            self.grant_read_input(grantee, REQUESTS_PREFIX)
            .combine(self.grant_put_input(grantee, REQUESTS_PREFIX))
            .combine(objects)
            .combine(names)
        )

    def grant_read_output(self, grantee: iam.IGrantable, prefix: str = "") -> iam.Grant:
        """Read objects below `prefix` of the output bucket. Default: answers and results."""
        return self._grant_read(grantee, self.output, prefix)

    def grant_list_output(self, grantee: iam.IGrantable) -> iam.Grant:
        """List the output bucket, without which a missing object reads as a forbidden one."""
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=permissions.LIST_BUCKET,
            resource_arns=[self.output.bucket_arn],
        )

    def grant_put_output(self, grantee: iam.IGrantable, prefix: str) -> iam.Grant:
        """Write objects below `prefix` of the output bucket."""
        return self._grant(
            grantee, permissions.WRITE_OBJECT, self.output, f"{prefix}*", permissions.ENCRYPT
        )

    def on_input_created(
        self, construct_id: str, *, prefix: str = "", target: events.IRuleTarget | None = None
    ) -> events.Rule:
        """Define a rule for new objects below `prefix` of the input bucket. Default: all of it.

        A bucket that was passed in must tell EventBridge of its objects already.
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

    @property
    def every_key_arn(self) -> str:
        """Any key of the account; a token."""
        return every_key(self)

    def former_keys_statement(self, *buckets: s3.IBucket) -> iam.PolicyStatement:
        """Allow to decrypt these buckets' objects, through S3 alone, whatever key they have."""
        arns = [arn for each in buckets for arn in (each.bucket_arn, each.arn_for_objects("*"))]
        return former_keys_statement(self, service="s3", arns=arns)

    def _grant_read(self, grantee: iam.IGrantable, bucket: s3.IBucket, prefix: str) -> iam.Grant:
        grant = self._grant(
            grantee, permissions.READ_OBJECT, bucket, f"{prefix}*", permissions.DECRYPT
        )
        grantee.grant_principal.add_to_principal_policy(self.former_keys_statement(bucket))
        return grant

    def _grant(
        self,
        grantee: iam.IGrantable,
        actions: list[str],
        bucket: s3.IBucket,
        objects: str,
        key_actions: list[str],
    ) -> iam.Grant:
        grant = iam.Grant.add_to_principal(
            grantee=grantee, actions=actions, resource_arns=[bucket.arn_for_objects(objects)]
        )
        return grant.combine(self.key.grant(grantee, *key_actions))

    def _make_access_logs(self) -> s3.Bucket:
        """S3's own encryption, because log delivery cannot use a customer's key."""
        return s3.Bucket(
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
        return s3.Bucket(
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


def _clean_up() -> list[s3.LifecycleRule]:
    return [
        s3.LifecycleRule(
            noncurrent_version_expiration=Duration.days(30),
            abort_incomplete_multipart_upload_after=Duration.days(7),
        )
    ]


def _expire(after: Duration | None, *, prefix: str | None = None) -> list[s3.LifecycleRule]:
    return [s3.LifecycleRule(expiration=after, prefix=prefix)] if after else []
