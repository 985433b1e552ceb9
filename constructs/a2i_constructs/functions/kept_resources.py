"""Resources that outlive their stack, and the checks that must pass before one is made."""

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from aws_cdk import RemovalPolicy, Stack
from constructs import Construct, IConstruct

KEEP = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
"""Policy of what is kept: an update or the end of the stack leaves it, a failed creation does not.

Plain RETAIN would keep what a first deployment made that failed, in the way of the next one.
"""


@dataclass
class KeptResources:
    """What one stack keeps, with the custom resources that look before anything is made."""

    _kept: list[IConstruct] = field(default_factory=list)
    _checks: list[IConstruct] = field(default_factory=list)

    @classmethod
    def of(cls, scope: Construct) -> "KeptResources":
        """Those of the stack that `scope` is in."""
        return _KNOWN.setdefault(Stack.of(scope), cls())

    def add(self, *resources: IConstruct) -> None:
        """Make resources after every check, those that exist and those that follow."""
        for resource in resources:
            resource.node.add_dependency(*self._checks)
        self._kept += resources

    def check_first(self, check: IConstruct) -> None:
        """Make everything that is kept after this check."""
        for resource in self._kept:
            resource.node.add_dependency(check)
        self._checks.append(check)


_KNOWN: WeakKeyDictionary[Stack, KeptResources] = WeakKeyDictionary()
