"""The functions that the library ships: one asset folder, of which each gets its own files."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import ArnFormat, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from a2i_constructs.functions.function_code import function_code

RUNTIME = lambda_.Runtime.PYTHON_3_14
ARCHITECTURE = lambda_.Architecture.ARM_64
MEMORY_SIZE = 256
_POWERTOOLS_ACCOUNT = "017000801446"
_POWERTOOLS_LAYER = "AWSLambdaPowertoolsPythonV3-python314-arm64:27"


@dataclass(frozen=True)
class BundledFunctionOptions:
    """What an application may set for every function of the library.

    log_retention: Default: three months.
    powertools_layer: must hold Powertools and pydantic for arm64. Default: the public layer of the
        stack's region.
    tracing: have X-Ray record each invocation and the calls to AWS in it.
    """

    log_retention: logs.RetentionDays = logs.RetentionDays.THREE_MONTHS
    powertools_layer: lambda_.ILayerVersion | None = None
    tracing: bool = False


class BundledFunction(Construct):
    """A function from `lambda_src/<folder>` with a log group and a role of its own.

    The role may write to its log group and nothing else; callers grant what the handler needs.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        folder: str,
        handler: str = "handler.lambda_handler",
        description: str,
        timeout: Duration,
        environment: Mapping[str, str],
        options: BundledFunctionOptions,
        role: iam.IRole | None = None,
    ) -> None:
        """Define function, log group and role."""
        super().__init__(scope, construct_id)
        self.log_group = make_log_group(self, "Logs", options.log_retention)
        self.role = role or iam.Role(
            self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")
        )
        self.log_group.grant_write(self.role)
        self.function = lambda_.Function(
            self,
            "Resource",
            architecture=ARCHITECTURE,
            code=function_code(),
            description=description,
            environment={
                "POWERTOOLS_SERVICE_NAME": folder,
                **environment,
                **({"A2I_TRACING": "true"} if options.tracing else {}),
            },
            handler=f"{folder}.{handler}",
            layers=[options.powertools_layer or _public_powertools_layer(self)],
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            memory_size=MEMORY_SIZE,
            role=self.role,
            runtime=RUNTIME,
            timeout=timeout,
            tracing=lambda_.Tracing.ACTIVE if options.tracing else lambda_.Tracing.DISABLED,
        )


def make_log_group(
    scope: Construct, construct_id: str, retention: logs.RetentionDays
) -> logs.LogGroup:
    """A log group that goes with the stack: logs hold names and ARNs, no content of reviews."""
    return logs.LogGroup(
        scope, construct_id, retention=retention, removal_policy=RemovalPolicy.DESTROY
    )


def _public_powertools_layer(scope: Construct) -> lambda_.ILayerVersion:
    arn = Stack.of(scope).format_arn(
        service="lambda",
        account=_POWERTOOLS_ACCOUNT,
        resource="layer",
        resource_name=_POWERTOOLS_LAYER,
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    return lambda_.LayerVersion.from_layer_version_arn(scope, "Powertools", arn)
