"""Numbers of workers, from the table of a stack's human loops."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from a2i_cli.deployed.deployment import Deployment
from a2i_cli.deployed.workers import WorkerGroup
from a2i_cli.failures import CommandError
from a2i_core.human_loops.instants import iso_milliseconds
from a2i_core.human_loops.worker_numbers import NUMBERS_COVER, GivenAnswer, worker_numbers

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PREFIX = "ANSWER#"


def numbers_table(deployment: Deployment) -> str:
    """Return the name of the table.

    Raises:
        CommandError: the stack's human loops live in A2I, which has no numbers of workers.
    """
    table = deployment.parameters.get("human-loops-table")
    if table is None:
        raise CommandError(
            f"stack {deployment.stack_name} has no numbers of its workers: Amazon A2I tells none;"
            " human loops in the account have them"
        )
    return table


def groups_of_team(groups: list[WorkerGroup], team: str | None) -> list[WorkerGroup]:
    """Return the groups of a work team; None means all.

    Raises:
        CommandError: there is no such team.
    """
    chosen = [group for group in groups if team in (None, group.workteam_name)]
    if not chosen:
        known = ", ".join(sorted({group.workteam_name for group in groups})) or "none"
        raise CommandError(f"no work team is named {team!r}; the stack has: {known}")
    return chosen


def numbers_of(
    dynamodb: "DynamoDBClient", table: str, sub: str, now: datetime
) -> dict[str, int | None]:
    """Return the numbers of a worker over the last seven days, as the portal shows them."""
    return worker_numbers(_given(dynamodb, table, sub, now - NUMBERS_COVER), now)


def _given(
    dynamodb: "DynamoDBClient", table: str, sub: str, since: datetime
) -> Iterator[GivenAnswer]:
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="pk = :worker AND sk BETWEEN :since AND :end",
        ExpressionAttributeValues={
            ":worker": {"S": f"WORKER#{sub}"},
            ":since": {"S": f"{_PREFIX}{iso_milliseconds(since)}"},
            ":end": {"S": f"{_PREFIX}A"},  # times begin with a digit
        },
    )
    for page in pages:
        for item in page["Items"]:
            moment, _, name = item["sk"]["S"].removeprefix(_PREFIX).partition("#")
            agreement = int(item["agreement"]["N"]) if "agreement" in item else None
            at = datetime.fromisoformat(moment)
            yield GivenAnswer(at, name, int(item["seconds"]["N"]), agreement)
