"""DynamoDB table of the human loops in the account: their state, never their content."""

from collections.abc import Sequence

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from a2i_constructs.functions import permissions
from a2i_constructs.functions.grants import grant
from a2i_constructs.functions.kept_resources import KeptResources
from a2i_constructs.functions.rule_packs import TABLE_BACKUP_PLAN, acknowledge_rule

OFFERS, BY_FLOW, OPEN = "offers", "byFlow", "open"
_INDEXES = {
    OFFERS: ("offersKey", "offersOrder"),
    BY_FLOW: ("flowKey", "flowOrder"),
    OPEN: ("openKey", "dueAt"),
}


class HumanLoopTable(Construct):
    """One item per human loop, with the flow definitions, templates and holds beside them.

    On demand, encrypted with `key`, restorable to any second of the last 35 days. Its stream tells
    what a loop owes: a rendered task, an output file, an event. The indexes hold keys only, and are
    hints: the item is the truth.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, key: kms.IKey, removal_policy: RemovalPolicy
    ) -> None:
        """Define the table."""
        super().__init__(scope, construct_id)
        self.key = key
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=_string("pk"),
            sort_key=_string("sk"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=removal_policy,
            stream=dynamodb.StreamViewType.NEW_IMAGE,
            time_to_live_attribute="collectAt",
        )
        KeptResources.of(self).add(self.table)
        acknowledge_rule(
            self.table,
            TABLE_BACKUP_PLAN,
            because="it can be restored to any second of the last 35 days; a plan for longer is "
            "the account's, and may choose the table by its tags",
        )
        for name, (partition, sort) in _INDEXES.items():
            self.table.add_global_secondary_index(
                index_name=name,
                partition_key=_string(partition),
                sort_key=_string(sort),
                projection_type=dynamodb.ProjectionType.KEYS_ONLY,
            )

    def grant(self, grantee: iam.IGrantable, *actions: Sequence[str]) -> iam.Grant:
        """Allow actions on items."""
        key = self.key.grant(grantee, *permissions.USE_KEY_FOR_TABLE)
        every = [name for each in actions for name in each]
        return grant(grantee, every, self.table.table_arn).combine(key)

    def grant_query(self, grantee: iam.IGrantable, *indexes: str) -> iam.Grant:
        """Query the table and indexes of it."""
        arn = self.table.table_arn
        return grant(
            grantee, permissions.QUERY_ITEMS, arn, *(f"{arn}/index/{name}" for name in indexes)
        )


def _string(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
