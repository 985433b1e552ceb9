"""Provider of custom resources: functions of the library behind CDK's provider framework."""

from typing import cast

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import custom_resources as cr
from constructs import Construct

from a2i_constructs.functions.bundled_function import BundledFunction
from a2i_constructs.functions.function_defaults import (
    FunctionDefaults,
    StackFunctions,
    configure_logs,
    configure_tracing,
    make_log_group,
)
from a2i_constructs.functions.grants import acknowledge, acknowledge_invoke
from a2i_constructs.functions.rule_packs import acknowledge_function, acknowledge_inline_policy

SERVICE_TIMEOUT = Duration.minutes(15)
"""CloudFormation's own default is an hour, for a function that dies before it answers."""


class ResourceProvider(Construct):
    """Provider of a custom resource: `on_event.py` of a folder, and perhaps `is_complete.py`.

    CDK's framework calls them, and answers CloudFormation. Each has a role of its own.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        folder: str,
        description: str,
        timeout: Duration,
        environment: dict[str, str] | None = None,
        completes_within: Duration | None = None,
    ) -> None:
        """Define functions and framework.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            folder: Folder of `lambda_src`.
            description: Of the functions.
            timeout: Of each call.
            environment: Of the functions.
            completes_within: How long `is_complete.py` is asked. Default: there is none; the
                resource is done when `on_event.py` returns.
        """
        super().__init__(scope, construct_id)
        handlers = ["on_event"] if completes_within is None else ["on_event", "is_complete"]
        self.functions = [
            BundledFunction(
                self,
                "".join(word.capitalize() for word in handler.split("_")),
                folder=folder,
                handler=f"{handler}.lambda_handler",
                description=description,
                environment=environment,
                timeout=timeout,
                no_dead_letters="CDK's framework waits for its answer, and tells CloudFormation",
            ).function
            for handler in handlers
        ]
        self.log_group = make_log_group(self, "FrameworkLogs")
        self.framework_role = self._make_framework_role("FrameworkRole")
        # A role of its own, since the state machine of the framework waits for this one's policy,
        # and the other one's for the state machine.
        self.waiting_role = (
            None if completes_within is None else self._make_framework_role("WaitingRole")
        )
        self.provider = self._make_provider(completes_within)
        acknowledge_function(
            self.provider,
            no_dead_letters="CloudFormation waits for its answer, and fails the deployment without",
        )
        if completes_within is not None:
            self._acknowledge_waiter()
        StackFunctions.of(self).add(self)

    @property
    def on_event(self) -> lambda_.Function:
        """The function that creates, updates and deletes."""
        return self.functions[0]

    @property
    def service_token(self) -> str:
        """Service token of the provider for custom resources; a token."""
        return self.provider.service_token

    def configure(self, defaults: FunctionDefaults) -> None:
        """Take the stack's defaults for the framework."""
        configure_logs(self.log_group, defaults)
        for function in self._framework():
            configure_tracing(function, defaults)

    def _make_framework_role(self, construct_id: str) -> iam.Role:
        role = iam.Role(self, construct_id, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        acknowledge_inline_policy(role)
        self.log_group.grant_write(role)
        for function in self.functions:
            acknowledge_invoke(role, function)
        return role

    def _framework(self) -> list[lambda_.Function]:
        return [
            cast("lambda_.Function", child)
            for child in self.provider.node.children
            if child.node.id.startswith("framework-")
        ]

    def _make_provider(self, completes_within: Duration | None) -> cr.Provider:
        waits = completes_within is not None
        return cr.Provider(
            self,
            "Provider",
            on_event_handler=self.on_event,
            framework_on_event_role=self.framework_role,
            is_complete_handler=self.functions[1] if waits else None,
            framework_complete_and_timeout_role=self.waiting_role,
            log_group=self.log_group,
            query_interval=Duration.seconds(5) if waits else None,
            total_timeout=completes_within,
            # Its input holds the signed URL that answers CloudFormation: that belongs in no log.
            disable_waiter_state_machine_logging=True if waits else None,
        )

    def _acknowledge_waiter(self) -> None:
        waiter = self.provider.node.find_child("waiter-state-machine")
        acknowledge_inline_policy(waiter)
        waiter_role = cast("iam.IRole", waiter.node.find_child("Role"))
        for name in ("framework-isComplete", "framework-onTimeout"):
            acknowledge_invoke(
                waiter_role, cast("lambda_.Function", self.provider.node.find_child(name))
            )
        acknowledge(
            waiter,
            "SF1",
            because="its input holds the signed URL that answers CloudFormation, which belongs in "
            "no log; the functions that it calls log what they do",
        )
        acknowledge(
            waiter,
            "SF2",
            because="it calls one function every few seconds while a deployment waits, and has no "
            "latency that anybody would trace",
        )
