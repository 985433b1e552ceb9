"""Table of the human loops: the indexes that the functions query, under the names they use."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from a2i_account import loop_items
from a2i_constructs.account.human_loop_table import HumanLoopTable
from tests.constructs.review_stacks import new_stack, properties


def test_each_index_has_the_name_and_the_keys_that_items_are_written_with() -> None:
    stack = new_stack()
    key = kms.Key(stack, "Key")
    HumanLoopTable(stack, "Table", key=key, removal_policy=RemovalPolicy.DESTROY)
    [table] = properties(Template.from_stack(stack), "AWS::DynamoDB::Table")
    keys = {
        index["IndexName"]: [each["AttributeName"] for each in index["KeySchema"]]
        for index in table["GlobalSecondaryIndexes"]
    }
    assert keys == {
        loop_items.OFFERS_INDEX: ["offersKey", "offersOrder"],
        loop_items.BY_FLOW_INDEX: ["flowKey", "flowOrder"],
        loop_items.OPEN_INDEX: ["openKey", "dueAt"],
    }
