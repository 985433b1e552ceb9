"""SageMaker models, endpoint configurations and endpoints of one account and region."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from a2i_core.human_loops.errors import ValidationException


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the three resources: how the API names it in operations, ARNs and messages."""

    api_name: str
    arn_name: str
    title: str

    @property
    def name_parameter(self) -> str:
        """The parameter that holds a resource's name."""
        return f"{self.api_name}Name"

    @property
    def arn_parameter(self) -> str:
        """The member of an answer that holds a resource's ARN."""
        return f"{self.api_name}Arn"


MODEL = Kind("Model", "model", "model")
ENDPOINT_CONFIG = Kind("EndpointConfig", "endpoint-config", "endpoint configuration")
ENDPOINT = Kind("Endpoint", "endpoint", "endpoint")
_SUMMARY = ("EndpointName", "EndpointArn", "CreationTime", "LastModifiedTime", "EndpointStatus")


class HostedResources:
    """Resources by kind and name; `arn_prefix` is what their ARNs start with.

    Names are the same whatever their case, but keep the case that they were created with.
    """

    def __init__(self, arn_prefix: str) -> None:
        self._arn_prefix = arn_prefix
        self._stored: dict[tuple[Kind, str], dict[str, Any]] = {}

    def holds(self, kind: Kind, name: str) -> bool:
        """Return whether there is such a resource."""
        return (kind, name.lower()) in self._stored

    def find(self, kind: Kind, name: str) -> dict[str, Any]:
        """Return what Describe shows of a resource.

        Raises:
            ValidationException: there is none of that name.
        """
        if not self.holds(kind, name):
            raise ValidationException(f'Could not find {kind.title} "{self._arn(kind, name)}".')
        return self._stored[kind, name.lower()]

    def create(self, kind: Kind, name: str, described: Mapping[str, Any]) -> dict[str, Any]:
        """Store a new resource and return the response of Create.

        Raises:
            ValidationException: the name is taken.
        """
        arn = self._arn(kind, name)
        if self.holds(kind, name):
            raise ValidationException(f'Cannot create already existing {kind.title} "{arn}".')
        answer = {kind.arn_parameter: arn}
        self._stored[kind, name.lower()] = {**described, **answer, "CreationTime": time.time()}
        return answer

    def delete(self, kind: Kind, name: str) -> None:
        """Forget a resource.

        Raises:
            ValidationException: there is none of that name.
        """
        self.find(kind, name)
        del self._stored[kind, name.lower()]

    def endpoint_summaries(self) -> list[dict[str, Any]]:
        """Return what ListEndpoints shows."""
        endpoints = [found for (kind, _), found in self._stored.items() if kind == ENDPOINT]
        return [{member: endpoint[member] for member in _SUMMARY} for endpoint in endpoints]

    def _arn(self, kind: Kind, name: str) -> str:
        # SageMaker writes the names of these three in lower case into their ARNs.
        return f"{self._arn_prefix}:{kind.arn_name}/{name.lower()}"
