"""Clients for a stack whose human loops live in the account: calls of A2I go to the stack's parts.

Same methods, parameters and errors as boto3's, so commands need not know where loops are.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from a2i_cli.aws import AwsClients
from a2i_cli.failures import CommandError

_EMPTY_PAGES: dict[str, dict[str, Any]] = {
    "list_workteams": {"Workteams": []},  # a team is a group of the pool
    "list_tags": {"Tags": []},
}
_ABSENT = {"ResourceNotFound", "ResourceNotFoundException"}


def clients_of_backends(clients: AwsClients, parameters: Mapping[str, str]) -> AwsClients:
    """Return clients whose `a2i` and `sagemaker` reach the backends that a stack names.

    parameters: of the stack, by their names below `/a2i/<stack>/`.
    """
    if "backends" not in parameters:
        return clients
    return cast("AwsClients", _BackendClients(clients, parameters))


class _BackendClients:
    """All else is left to the clients of AWS."""

    def __init__(self, clients: AwsClients, parameters: Mapping[str, str]) -> None:
        self._clients = clients
        self._parameters = parameters
        self._backends = parameters["backends"].split(",")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._clients, name)

    @cached_property
    def a2i(self) -> Any:
        of: dict[str, Callable[[], Any]] = {
            "a2i": lambda: self._clients.a2i,
            "account": self._endpoint,
        }
        return _either([of[name]() for name in self._backends])

    @cached_property
    def sagemaker(self) -> Any:
        of: dict[str, Callable[[], Any]] = {
            "a2i": lambda: self._clients.sagemaker,
            "account": lambda: FlowDefinitionsOfTable(
                self._clients.dynamodb,
                self._parameters["human-loops-table"],
                self._parameters["user-pool-id"],
            ),
        }
        return _either([of[name]() for name in self._backends])

    def _endpoint(self) -> Any:
        client = self._clients.client(
            "sagemaker-a2i-runtime", endpoint_url=self._parameters["human-loop-endpoint"]
        )
        client.meta.events.register("choose-signer.sagemaker-a2i-runtime", sign_for_api_gateway)
        return client


def sign_for_api_gateway(context: dict[str, Any], **_: Any) -> None:
    """Sign for `execute-api`: handler of botocore's event `choose-signer`."""
    context["signing"] = {**context.get("signing", {}), "signing_name": "execute-api"}


@dataclass(frozen=True)
class FlowDefinitionsOfTable:
    """What commands read of SageMaker's client, from the items of the human loops' table."""

    dynamodb: Any
    table: str
    user_pool_id: str

    def describe_flow_definition(self, *, FlowDefinitionName: str) -> dict[str, Any]:  # noqa: N803
        """Return a flow definition as A2I describes one."""
        for found in self._items():
            if found["FlowDefinitionName"] == FlowDefinitionName:
                return found
        raise _absent("DescribeFlowDefinition", f"flow definition {FlowDefinitionName}")

    def describe_workteam(self, *, WorkteamName: str) -> dict[str, Any]:  # noqa: N803
        """Return a team: the group of the stack's user pool that has its name."""
        group = {"UserPool": self.user_pool_id, "UserGroup": WorkteamName}
        members = [{"CognitoMemberDefinition": group}]
        return {"Workteam": {"WorkteamName": WorkteamName, "MemberDefinitions": members}}

    def get_paginator(self, operation: str) -> Any:
        """Return a paginator of flow definitions; there are no work teams and tags of theirs.

        Raises:
            CommandError: there are no such lists.
        """
        if operation == "list_flow_definitions":
            return _Pages(lambda **_: iter([{"FlowDefinitionSummaries": list(self._items())}]))
        if operation in _EMPTY_PAGES:
            return _Pages(lambda **_: iter([_EMPTY_PAGES[operation]]))
        raise CommandError(
            f"a stack with human loops in the account has nothing for {operation}: this"
            " command is for Amazon A2I"
        )

    def __getattr__(self, operation: str) -> Any:
        raise CommandError(
            f"a stack with human loops in the account has nothing for {operation}: this command"
            " is for Amazon A2I"
        )

    def _items(self) -> Iterator[dict[str, Any]]:
        from boto3.dynamodb.types import TypeDeserializer  # noqa: PLC0415 -- boto3 is slow

        read = TypeDeserializer().deserialize
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="pk = :flows",
            ExpressionAttributeValues={":flows": {"S": "FLOWS"}},
        )
        found = [read(item["definition"]) for page in pages for item in page["Items"]]
        for each in sorted(found, key=lambda one: str(one["created_at"]), reverse=True):
            team = each["human_loop_config"]["WorkteamArn"]
            yield {
                "FlowDefinitionName": each["name"],
                "FlowDefinitionArn": _arn_like(team, "flow-definition", each["name"]),
                "FlowDefinitionStatus": "Active",
                "CreationTime": datetime.fromisoformat(each["created_at"]),
                "HumanLoopConfig": {
                    name: int(value) if name.endswith(("Seconds", "Count")) else value
                    for name, value in each["human_loop_config"].items()
                },
                "OutputConfig": each["output_config"],
                "RoleArn": each["role_arn"],
            }


def _arn_like(arn: str, kind: str, name: str) -> str:
    """Return the ARN of something else in the region and account of another one."""
    return ":".join([*arn.split(":")[:5], f"{kind}/{name}"])


def _absent(operation: str, what: str) -> Exception:
    from botocore.exceptions import ClientError  # noqa: PLC0415 -- botocore is slow

    message = f"{what} does not exist"
    return ClientError({"Error": {"Code": "ResourceNotFound", "Message": message}}, operation)


@dataclass(frozen=True)
class _Pages:
    paginate: Callable[..., Iterator[dict[str, Any]]]


def _either(clients: list[Any]) -> Any:
    return clients[0] if len(clients) == 1 else _Either(clients)


class _Either:
    """Finds things in whichever of several backends has them; lists have those of all."""

    def __init__(self, clients: list[Any]) -> None:
        self._all = clients

    @property
    def exceptions(self) -> Any:
        return next(each.exceptions for each in self._all if hasattr(each, "meta"))

    def get_paginator(self, operation: str) -> _Pages:
        paginators = [client.get_paginator(operation) for client in self._all]

        def paginate(**parameters: Any) -> Iterator[dict[str, Any]]:
            unknown = []
            for paginator in paginators:
                try:
                    yield from paginator.paginate(**parameters)
                except Exception as error:
                    if not says_absent(error):
                        raise
                    unknown.append(error)
            if len(unknown) == len(paginators):
                raise unknown[-1]

        return _Pages(paginate)

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**parameters: Any) -> Any:
            for client in self._all[:-1]:
                try:
                    return getattr(client, operation)(**parameters)
                except Exception as error:
                    if not says_absent(error):
                        raise
            return getattr(self._all[-1], operation)(**parameters)

        return call


def says_absent(error: Exception) -> bool:
    """Whether a backend refused a call because it has no such thing."""
    response: dict[str, Any] = getattr(error, "response", {})
    return response.get("Error", {}).get("Code") in _ABSENT
