"""HTTP API of the human loops in the account: A2I's runtime, and the reviewers' tasks."""

import json

import jsii
from aws_cdk import Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from a2i_constructs.functions import permissions
from a2i_constructs.functions.function_defaults import (
    FunctionDefaults,
    StackFunctions,
    configure_logs,
    make_log_group,
)
from a2i_constructs.functions.grants import acknowledge, grant

_HTTP = apigatewayv2.HttpMethod
_RUNTIME = {
    "/human-loops": [_HTTP.GET, _HTTP.POST],
    "/human-loops/{HumanLoopName}": [_HTTP.GET, _HTTP.DELETE],
    "/human-loops/stop": [_HTTP.POST],
}
"""The five operations of A2I's runtime, by path."""
_PAGES = ["/", "/static/{proxy+}", "/config.json", "/task/{proxy+}", "/object/{proxy+}"]
"""Paths that a browser opens by their address alone: no header carries a token there."""
_OPEN = (
    "a browser opens it by its address alone: page and script hold nothing secret, and a task or "
    "an object needs a key in its path that the function checks, given to one reviewer"
)
REQUESTS_A_SECOND = 500
BURST = 1_000
# Never the path: it names human loops. The API itself logs nothing else of a request.
_LOGGED = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "routeKey": "$context.routeKey",
    "status": "$context.status",
    "ip": "$context.identity.sourceIp",
    "latency": "$context.responseLatency",
    "error": "$context.error.message",
    "integrationError": "$context.integrationErrorMessage",
    "authorizerError": "$context.authorizer.error",
}


class HumanLoopApi(Construct):
    """The HTTP API. Callers of `/human-loops` sign with IAM; `/api` takes reviewers' tokens.

    The portal's pages are open to read. The address of a task or an object in it holds a key that
    one reviewer got for it, and the function checks it.

    Access logs tell the route of a request and how it ended. All callers together get 500 requests
    a second, 1,000 in a burst.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        """Define the API without routes."""
        super().__init__(scope, construct_id)
        self.log_group = make_log_group(self, "AccessLogs")
        self.api = apigatewayv2.HttpApi(
            self,
            "Resource",
            create_default_stage=False,
            description="Human loops and tasks of reviewers",
        )
        apigatewayv2.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            stage_name="$default",
            auto_deploy=True,
            access_log_settings=_AccessLogs(self.log_group),
            throttle=apigatewayv2.ThrottleSettings(rate_limit=REQUESTS_A_SECOND, burst_limit=BURST),
        )
        StackFunctions.of(self).add(self)

    @property
    def endpoint(self) -> str:
        """The API's address, without a slash at its end; a token."""
        return self.api.api_endpoint

    @property
    def host(self) -> str:
        """The host of the address; a token."""
        stack = Stack.of(self)
        return f"{self.api.api_id}.execute-api.{stack.region}.{stack.url_suffix}"

    def configure(self, defaults: FunctionDefaults) -> None:
        """Take the stack's defaults for the access logs."""
        configure_logs(self.log_group, defaults)

    def serve_runtime(self, function: lambda_.IFunction) -> None:
        """Have a function answer A2I's runtime operations to callers that IAM lets in."""
        integration = integrations.HttpLambdaIntegration("Runtime", function)
        authorizer = authorizers.HttpIamAuthorizer()
        for path, methods in _RUNTIME.items():
            self.api.add_routes(
                path=path, methods=methods, integration=integration, authorizer=authorizer
            )

    def serve_tasks(
        self,
        function: lambda_.IFunction,
        user_pool: cognito.IUserPool,
        client: cognito.IUserPoolClient,
    ) -> None:
        """Have a function answer reviewers who signed in to the pool with the client."""
        self.api.add_routes(
            path="/api/{proxy+}",
            methods=[_HTTP.ANY],
            integration=integrations.HttpLambdaIntegration("Tasks", function),
            authorizer=authorizers.HttpJwtAuthorizer(
                "Reviewers",
                f"https://{user_pool.user_pool_provider_name}",
                jwt_audience=[client.user_pool_client_id],
            ),
        )

    def serve_pages(self, function: lambda_.IFunction) -> None:
        """Have a function answer what a browser opens: pages, tasks by capability."""
        for path in _PAGES:
            for route in self.api.add_routes(
                path=path,
                methods=[_HTTP.GET],
                integration=integrations.HttpLambdaIntegration("Pages", function),
            ):
                acknowledge(route, "APIG4", because=_OPEN)

    def grant_start_human_loop(self, grantee: iam.IGrantable) -> iam.Grant:
        """Call StartHumanLoop: a route knows a request's path, and the function checks the flow."""
        arn = Stack.of(self).format_arn(
            service="execute-api",
            resource=self.api.api_id,
            resource_name="$default/POST/human-loops",
        )
        return grant(grantee, permissions.INVOKE_API, arn)


@jsii.implements(apigatewayv2.IAccessLogSettings)
class _AccessLogs:
    def __init__(self, log_group: logs.ILogGroup) -> None:
        self._log_group = log_group

    @property
    def destination(self) -> apigatewayv2.IAccessLogDestination:
        return apigatewayv2.LogGroupLogDestination(self._log_group)

    @property
    def format(self) -> apigateway.AccessLogFormat:
        return apigateway.AccessLogFormat.custom(json.dumps(_LOGGED))
