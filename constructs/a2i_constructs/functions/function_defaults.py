"""Settings that all of the library's Lambda functions in a stack share."""

from dataclasses import dataclass
from typing import Protocol
from weakref import WeakKeyDictionary

import jsii
from aws_cdk import ArnFormat, IStableStringProducer, Lazy, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from a2i_constructs.functions import permissions
from a2i_constructs.functions.grants import grant
from a2i_constructs.functions.rule_packs import LOG_KEY, acknowledge_rule

_POWERTOOLS_ACCOUNT = "017000801446"
POWERTOOLS_VERSION = "3.31.1"
"""Version of Powertools in the public layer; tests run the functions with the same one."""
_POWERTOOLS_LAYER = "AWSLambdaPowertoolsPythonV3-python314-arm64:36"


@dataclass(frozen=True)
class FunctionDefaults:
    """Settings of every function that the library makes in a stack, CDK's framework included.

    Attributes:
        log_retention: How long logs stay. Default: three months.
        log_removal_policy: What becomes of the logs with the stack; they hold names and ARNs, no
            content of reviews. Default: they go.
        log_key: Key that encrypts the logs. An imported one must let CloudWatch Logs use it; the
            policy of a new one is extended. Default: CloudWatch's own keys.
        powertools_layer: Layer with Powertools and pydantic for arm64. Default: the public layer of
            the stack's region.
        tracing: X-Ray records each invocation and the calls to AWS in it. Default: off.
    """

    log_retention: logs.RetentionDays = logs.RetentionDays.THREE_MONTHS
    log_removal_policy: RemovalPolicy = RemovalPolicy.DESTROY
    log_key: kms.IKey | None = None
    powertools_layer: lambda_.ILayerVersion | None = None
    tracing: bool = False

    @property
    def retention_in_days(self) -> float | None:
        """The number behind `log_retention`, which only the L2 log group knows; None is forever."""
        group = logs.LogGroup(Stack(), "Group", retention=self.log_retention).node.default_child
        assert isinstance(group, logs.CfnLogGroup)  # noqa: S101  # what the L2 is made of
        return group.retention_in_days


class Configurable(Protocol):
    """A function, or several, that take the stack's defaults."""

    def configure(self, defaults: FunctionDefaults) -> None:
        """Change the functions to the defaults; called once at most."""


@jsii.implements(IStableStringProducer)
class StackFunctions:
    """The library's functions of one stack."""

    def __init__(self, stack: Stack) -> None:
        """Begin with no functions, and with the defaults of `FunctionDefaults`."""
        self._stack = stack
        self._defaults: FunctionDefaults | None = None
        self._functions: list[Configurable] = []
        self._powertools: lambda_.ILayerVersion | None = None

    @classmethod
    def of(cls, scope: Construct) -> "StackFunctions":
        """The functions of the stack that `scope` is in."""
        stack = Stack.of(scope)
        if stack not in _KNOWN:
            _KNOWN[stack] = cls(stack)
        return _KNOWN[stack]

    @property
    def powertools(self) -> lambda_.ILayerVersion:
        """The layer of every function in Python; which one is settled at synthesis."""
        if self._powertools is None:
            self._powertools = lambda_.LayerVersion.from_layer_version_arn(
                self._stack, "A2IPowertools", Lazy.string(self)
            )
        return self._powertools

    def produce(self) -> str:
        """The ARN of the layer, when CDK asks for it."""
        if self._defaults and self._defaults.powertools_layer:
            return self._defaults.powertools_layer.layer_version_arn
        return self._stack.format_arn(
            service="lambda",
            account=_POWERTOOLS_ACCOUNT,
            resource="layer",
            resource_name=_POWERTOOLS_LAYER,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )

    def add(self, functions: Configurable) -> None:
        """Give the stack's defaults to functions, now or as soon as they are known."""
        self._functions.append(functions)
        if self._defaults:
            functions.configure(self._defaults)

    def use(self, defaults: FunctionDefaults) -> None:
        """Give defaults to every function, those that exist and those that follow."""
        self._defaults = defaults
        if defaults.log_key:
            self._let_logs_use(defaults.log_key)
        for functions in self._functions:
            functions.configure(defaults)

    def _let_logs_use(self, key: kms.IKey) -> None:
        """Without effect on an imported key, whose policy is not the app's."""
        groups = self._stack.format_arn(
            service="logs",
            resource="log-group",
            resource_name="*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(f"logs.{self._stack.region}.amazonaws.com")],
                actions=permissions.USE_KEY_FOR_LOGS,
                resources=["*"],
                conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
            )
        )


_KNOWN: WeakKeyDictionary[Stack, StackFunctions] = WeakKeyDictionary()


def make_log_group(scope: Construct, construct_id: str) -> logs.LogGroup:
    """A log group with the settings that `FunctionDefaults` has by itself."""
    log_group = logs.LogGroup(
        scope,
        construct_id,
        retention=FunctionDefaults.log_retention,
        removal_policy=FunctionDefaults.log_removal_policy,
    )
    acknowledge_rule(
        log_group,
        LOG_KEY,
        because="names, ARNs and sizes, no content; FunctionDefaults.log_key encrypts it with a "
        "key of the account",
    )
    return log_group


def configure_logs(log_group: logs.LogGroup, defaults: FunctionDefaults) -> None:
    """Change a log group of `make_log_group` to the defaults."""
    resource = log_group.node.default_child
    assert isinstance(resource, logs.CfnLogGroup)  # noqa: S101  # what the L2 is made of
    if defaults.log_retention != FunctionDefaults.log_retention:
        resource.retention_in_days = defaults.retention_in_days
    if defaults.log_key:
        resource.kms_key_id = defaults.log_key.key_arn
    if defaults.log_removal_policy != FunctionDefaults.log_removal_policy:
        log_group.apply_removal_policy(defaults.log_removal_policy)


def configure_tracing(function: lambda_.Function, defaults: FunctionDefaults) -> None:
    """Have X-Ray record a function, where the defaults say so."""
    if not defaults.tracing:
        return
    resource = function.node.default_child
    assert isinstance(resource, lambda_.CfnFunction)  # noqa: S101  # what the L2 is made of
    resource.tracing_config = lambda_.CfnFunction.TracingConfigProperty(mode="Active")
    grant(
        function,
        permissions.WRITE_TRACES,
        "*",
        because="neither action knows a resource; segments tell names and times of calls",
    )
