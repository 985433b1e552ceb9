"""Two backends behind one client: what one of them does not know is looked for in the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from a2i_account.drained import FirstThenDrained
from starter.flows import Flow
from starter.request import ReviewRequest
from tests.lambda_src.account import FLOW_ARN, SENTIMENT_POLICY, Account, sentiment_request
from tests.lambda_src.account_loops import AccountLoops
from tests.lambda_src.fast_clients import FastDynamoDB, FastS3, FastSQS
from tests.lambda_src.faults import Fuse, Killed
from tests.lambda_src.service_errors import service_error


class Known:
    """A client that knows one ARN, with its words for what it does not know."""

    def __init__(self, arn: str, refusal: str) -> None:
        self.arn, self.refusal = arn, refusal
        self.tagged: list[str] = []

    def add_tags(self, *, ResourceArn: str) -> None:  # noqa: N803  # the API's names
        self._require(ResourceArn)
        self.tagged.append(ResourceArn)

    def get_paginator(self, operation: str) -> Known:
        assert operation == "list_tags"
        return self

    def paginate(self, *, ResourceArn: str) -> Iterator[dict[str, Any]]:  # noqa: N803  # likewise
        self._require(ResourceArn)
        yield {"Tags": [self.arn]}

    def _require(self, arn: str) -> None:
        if arn != self.arn:
            raise service_error(self.refusal, "does not exist", "It")


@pytest.mark.parametrize("first", ["ValidationException", "ResourceNotFound"])
def test_tags_are_those_of_whichever_has_the_definition(first: str) -> None:
    """SageMaker calls an ARN that it does not know invalid."""
    second = {"ValidationException": "ResourceNotFound", "ResourceNotFound": "ValidationException"}
    clients = Known("new", first), Known("old", second[first])
    both = FirstThenDrained(clients[0], (clients[1],))
    for arn, client in zip(("new", "old"), clients, strict=True):
        [page] = both.get_paginator("list_tags").paginate(ResourceArn=arn)
        assert page == {"Tags": [arn]}
        both.add_tags(ResourceArn=arn)
        assert client.tagged == [arn]
    with pytest.raises(ClientError, match="does not exist"):
        list(both.get_paginator("list_tags").paginate(ResourceArn="other"))


MOMENTS = 30
"""More than a start has calls, twice."""


@pytest.mark.parametrize("moves", ["a2i to account", "account to a2i"])
def test_a_move_in_the_midst_of_a_start_makes_no_second_loop(moves: str) -> None:
    """Killed at any moment in one backend, repeated in the other: one human loop in all."""
    in_first = 0
    for moment in range(MOMENTS):
        loops = AccountLoops()
        clients: Any = {"dynamodb": FastDynamoDB(), "s3": FastS3(), "sqs": FastSQS()}
        account = Account([], **clients)
        account.a2i.active_flow_definitions = {FLOW_ARN}
        backends: list[tuple[Any, str]] = [
            (account.a2i, FLOW_ARN),
            (loops.runtime(), loops.create_flow_definition("sentiment")),
        ]
        former, current = backends if moves == "a2i to account" else backends[::-1]
        stack: Any = account

        stack.a2i, account.flows[:] = former[0], [_sentiment(former[1])]
        with suppress(Killed):
            request = ReviewRequest.model_validate(sentiment_request())
            account.starter(Fuse(moment).around).start(request, seconds_left=lambda: 1.0)
        started_in_first = len(account.entries()) and _has_loop(former[0], account)
        in_first += bool(started_in_first)

        stack.a2i = FirstThenDrained(current[0], (former[0],))
        account.flows[:] = [_sentiment(current[1])]
        name = account.start().human_loop_name
        found = [_has_loop(client, account) for client, _ in (former, current)]
        assert found == ([True, False] if started_in_first else [False, True]), moment
        entry = account.entry(str(name))
        assert entry.status == "InProgress"
        loops.close()
        account.dynamodb.delete_table(TableName=account.table)
    assert 0 < in_first < MOMENTS


def _sentiment(arn: str) -> Flow:
    return Flow(flow="sentiment", flow_definition_arn=arn, review_when=SENTIMENT_POLICY)


def _has_loop(client: Any, account: Account) -> bool:
    [entry] = account.entries()
    try:
        client.describe_human_loop(HumanLoopName=entry["humanLoopName"]["S"])
    except ClientError:
        return False
    return True
