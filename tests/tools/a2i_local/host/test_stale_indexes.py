"""Indexes of the local AWS's DynamoDB may show what was, when a test asks for that."""

from collections.abc import Callable
from typing import Any

import pytest

from a2i_local.host import LocalAws
from tests.end_to_end.adversity import faults

pytestmark = pytest.mark.local_aws

TABLE = "loops"
KEY = {"AttributeName": "name", "KeyType": "HASH"}
INDEX = {
    "IndexName": "byTeam",
    "KeySchema": [{"AttributeName": "team", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "KEYS_ONLY"},
}


@pytest.fixture(scope="module")
def table(client: Callable[[str], Any]) -> Any:
    dynamodb = client("dynamodb")
    dynamodb.create_table(
        TableName=TABLE,
        KeySchema=[KEY],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("name", "team")
        ],
        GlobalSecondaryIndexes=[INDEX],
        BillingMode="PAY_PER_REQUEST",
    )
    return dynamodb


def put(dynamodb: Any, name: str, team: str = "a") -> None:
    dynamodb.put_item(TableName=TABLE, Item={"name": {"S": name}, "team": {"S": team}})


def indexed(dynamodb: Any) -> list[list[str]]:
    """Names of what a query and a scan of the index find."""
    read = {"TableName": TABLE, "IndexName": "byTeam"}
    values = {":team": {"S": "a"}}
    queried = dynamodb.query(
        **read, KeyConditionExpression="team = :team", ExpressionAttributeValues=values
    )
    answers = (queried, dynamodb.scan(**read))
    return [sorted(item["name"]["S"] for item in answer["Items"]) for answer in answers]


def test_an_index_lags_behind_its_table_for_as_long_as_a_test_wants(
    local_aws: LocalAws, table: Any
) -> None:
    put(table, "one")
    with faults(local_aws, {"indexLagSeconds": 60}):
        assert indexed(table) == [["one"], ["one"]]
        put(table, "two")
        table.delete_item(TableName=TABLE, Key={"name": {"S": "one"}})
        assert indexed(table) == [["one"], ["one"]]
        assert table.scan(TableName=TABLE)["Items"] == [{"name": {"S": "two"}, "team": {"S": "a"}}]
        assert table.list_tables()["TableNames"] == [TABLE]
    assert indexed(table) == [["two"], ["two"]]


def test_an_index_catches_up(local_aws: LocalAws, table: Any) -> None:
    with faults(local_aws, {"indexLagSeconds": 0.001}):
        for name in ("three", "four"):
            put(table, name, "b")
            put(table, name, "a")
            assert name in indexed(table)[0]
