"""A provider of custom resources that are done when one call of a function returns."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import custom_resources as cr
from constructs import Construct

from a2i_constructs.functions.bundled_function import (
    BundledFunction,
    BundledFunctionOptions,
    make_log_group,
)

SERVICE_TIMEOUT = Duration.minutes(15)
"""CloudFormation's own default is an hour, for a function that dies before it answers."""


class OnEventProvider(Construct):
    """A function from `lambda_src/<folder>/on_event.py` and CDK's framework in front of it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        folder: str,
        description: str,
        timeout: Duration,
        environment: Mapping[str, str],
        options: BundledFunctionOptions,
    ) -> None:
        """Define function, framework and their roles."""
        super().__init__(scope, construct_id)
        self.function = BundledFunction(
            self,
            "OnEvent",
            folder=folder,
            handler="on_event.lambda_handler",
            description=description,
            environment=environment,
            options=options,
            timeout=timeout,
        ).function
        self.framework_role = iam.Role(
            self, "FrameworkRole", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")
        )
        log_group = make_log_group(self, "FrameworkLogs", options.log_retention)
        log_group.grant_write(self.framework_role)
        self.provider = cr.Provider(
            self,
            "Provider",
            on_event_handler=self.function,
            framework_on_event_role=self.framework_role,
            log_group=log_group,
        )

    @property
    def service_token(self) -> str:
        """What a custom resource names as its provider; a token."""
        return self.provider.service_token
