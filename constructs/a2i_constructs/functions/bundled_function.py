"""Lambda functions that the library ships: one code asset, a handler of its own for each."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from a2i_constructs.functions.function_code import function_code
from a2i_constructs.functions.function_defaults import (
    FunctionDefaults,
    StackFunctions,
    configure_logs,
    configure_tracing,
    make_log_group,
)
from a2i_constructs.functions.rule_packs import acknowledge_function, acknowledge_inline_policy

RUNTIME = lambda_.Runtime.PYTHON_3_14
ARCHITECTURE = lambda_.Architecture.ARM_64
MEMORY_SIZE = 256
CONTENT_MEMORY_SIZE = 768
"""MiB for functions that read requests: `make bench` measures up to 630 for a largest batch."""
# Large blocks return to the system at once. Otherwise each thread keeps some: 900 MiB in a batch.
CONTENT_ENVIRONMENT = {"MALLOC_MMAP_THRESHOLD_": "1000000"}


class BundledFunction(Construct):
    """A function from `lambda_src/<folder>` with a log group and a role of its own.

    The role may write to its log group and nothing else; callers grant what the handler needs.
    Log retention, layer and tracing are the stack's `FunctionDefaults`.
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
        no_dead_letters: str | None = None,
        memory_size: int = MEMORY_SIZE,
        environment: Mapping[str, str] | None = None,
        role: iam.IRole | None = None,
        code: lambda_.Code | None = None,
    ) -> None:
        """Define function, log group and role.

        no_dead_letters: why Lambda needs no dead-letter queue for it, for the rules that ask for
            one. Default: the caller gives it one.
        code: Default: the asset of all functions.
        """
        super().__init__(scope, construct_id)
        functions = StackFunctions.of(self)
        self.log_group = make_log_group(self, "Logs")
        self.role = role or self._make_role()
        self.log_group.grant_write(self.role)
        self.function = lambda_.Function(
            self,
            "Resource",
            architecture=ARCHITECTURE,
            code=code or function_code(),
            description=description,
            environment={"POWERTOOLS_SERVICE_NAME": folder, **(environment or {})},
            handler=f"{folder}.{handler}",
            layers=[functions.powertools],
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            memory_size=memory_size,
            role=self.role,
            runtime=RUNTIME,
            timeout=timeout,
        )
        acknowledge_function(self.function, no_dead_letters=no_dead_letters)
        functions.add(self)

    def _make_role(self) -> iam.Role:
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        acknowledge_inline_policy(role)
        return role

    def configure(self, defaults: FunctionDefaults) -> None:
        """Take the stack's defaults."""
        configure_logs(self.log_group, defaults)
        configure_tracing(self.function, defaults)
        if defaults.tracing:
            self.function.add_environment("A2I_TRACING", "true")
