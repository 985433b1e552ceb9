"""Two backends behind one client: what one of them does not know is looked for in the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from a2i_account.drained import FirstThenDrained
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
