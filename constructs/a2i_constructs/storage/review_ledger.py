"""DynamoDB table with one item per review: state, times, digests and URIs, never content."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from a2i_constructs.functions import permissions
from a2i_constructs.functions.grants import grant, grant_key
from a2i_constructs.functions.kept_resources import KEEP, KeptResources
from a2i_constructs.functions.rule_packs import TABLE_BACKUP_PLAN, acknowledge_rule
from a2i_core.names import OPEN_REVIEWS_INDEX


class ReviewLedger(Construct):
    """One item per review: its state, times, digests and URIs.

    Default: on demand, encrypted with `key`, restorable to any second of the last 35 days, and kept
    when the stack is deleted. It is not protected from deletion: CloudFormation could not take back
    a creation that fails.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: kms.IKey,
        retention: Duration | None = None,
        removal_policy: RemovalPolicy = KEEP,
    ) -> None:
        """Define the table.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            key: Encrypts the table.
            retention: How long finished reviews stay, in whole days. Default: forever.
            removal_policy: Of the table. Default: it outlives the stack.
        """
        super().__init__(scope, construct_id)
        self.key = key
        self.retention = retention
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=_string("humanLoopName"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=removal_policy,
            time_to_live_attribute="expiresAt",
        )
        KeptResources.of(self).add(self.table)
        acknowledge_rule(
            self.table,
            TABLE_BACKUP_PLAN,
            because="it can be restored to any second of the last 35 days; a plan for longer is "
            "the account's, and may choose the table by its tags",
        )
        self.table.add_global_secondary_index(
            index_name=OPEN_REVIEWS_INDEX,
            partition_key=_string("openFlow"),
            sort_key=_string("startedAt"),
        )

    def grant_begin(self, grantee: iam.IGrantable) -> iam.Grant:
        """Permit `grantee` to begin reviews, and to take back what did not begin."""
        return self._grant(grantee, permissions.BEGIN_LEDGER_ENTRY, self.table.table_arn)

    def grant_end(self, grantee: iam.IGrantable) -> iam.Grant:
        """Permit `grantee` to end reviews that have begun."""
        return self._grant(grantee, permissions.END_LEDGER_ENTRY, self.table.table_arn)

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Permit `grantee`, an application, to read single reviews.

        It uses the key through DynamoDB alone.
        """
        read = grant(grantee, permissions.READ_LEDGER_ENTRY, self.table.table_arn)
        key = grant_key(grantee, permissions.USE_KEY_FOR_TABLE, [self.key], via=["dynamodb"])
        return read.combine(key)

    def grant_read_open(self, grantee: iam.IGrantable) -> iam.Grant:
        """Permit `grantee` to read reviews that have not ended, or whose end is not told yet."""
        index = f"{self.table.table_arn}/index/{OPEN_REVIEWS_INDEX}"
        return self._grant(grantee, permissions.READ_OPEN_REVIEWS, index)

    def _grant(self, grantee: iam.IGrantable, actions: list[str], arn: str) -> iam.Grant:
        key = self.key.grant(grantee, *permissions.USE_KEY_FOR_TABLE)
        return grant(grantee, actions, arn).combine(key)


def _string(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
