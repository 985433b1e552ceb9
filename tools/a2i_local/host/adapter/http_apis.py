"""HTTP APIs as AWS has them: an address that answers here, its scope of signatures, its limits."""

import json
import os
import re
from typing import Any

from ministack import app
from ministack.services import apigateway, cognito
from ministack.services.cloudformation import stacks

_POOL_KEYS = re.compile(r"http://[^/]+/([^/]+)/[.]well-known/jwks[.]json")
_JSON = {"Content-Type": "application/json"}
_API = "AWS::ApiGatewayV2::Api"
_PATH = "/_aws/execute-api/"
_PORTAL_ROUTE = "GET /config.json"
"""Of all that a stack may have, the worker portal alone has it."""
LARGEST_REQUEST = 10 * 1024 * 1024
LARGEST_EVENT = 6 * 1024 * 1024


def path_of_portal() -> str | None:
    """Return the path at the gateway of the worker portal that was deployed last, if any was."""
    portals = [
        api_id
        for (account, region, api_id), _ in apigateway._apis.all_items()
        if any(
            route["routeKey"] == _PORTAL_ROUTE
            for route in apigateway._routes.get_scoped(account, region, api_id, {}).values()
        )
    ]
    return f"{_PATH}{portals[-1]}" if portals else None


def serve_at_the_gateway() -> None:
    """Give an API the attribute ApiEndpoint with the path that its requests have here.

    The host of MiniStack's own address is no name that a resolver knows.
    """
    provision, update = stacks._provision_resource, stacks._update_resource

    def provision_with_address(resource_type: str, *rest: Any) -> Any:
        return _with_address(resource_type, provision(resource_type, *rest))

    def update_with_address(resource_type: str, *rest: Any) -> Any:
        return _with_address(resource_type, update(resource_type, *rest))

    stacks._provision_resource = provision_with_address
    stacks._update_resource = update_with_address


def _with_address(resource_type: str, made: Any) -> Any:
    if resource_type != _API:
        return made
    api_id, attributes, *rest = made
    address = f"{os.environ['AWS_ENDPOINT_URL']}{_PATH}{api_id}"
    return (api_id, {**attributes, "ApiEndpoint": address}, *rest)


def check_scope_of_signatures() -> None:
    """Refuse a signature for another service on a route with IAM, as AWS does."""
    enforce = app._enforce_execute_api

    def enforce_scope(*request: Any, **more: Any) -> Any:
        signature = request[4].get("authorization", "")
        kind = app._execute_api_authorization_type(*request[:4])
        if kind == "AWS_IAM" and "/execute-api/aws4_request" not in signature:
            return _answer(403, "Credential should be scoped to correct service: 'execute-api'.")
        return enforce(*request, **more)

    app._enforce_execute_api = enforce_scope


def read_keys_of_user_pools() -> None:
    """Check reviewers' tokens with the keys of the pool: MiniStack asks itself without TLS."""
    fetch = apigateway._fetch_jwks

    async def fetch_keys(url: str) -> Any:
        pool = _POOL_KEYS.fullmatch(url)
        if pool is None:
            return await fetch(url)
        _status, _headers, body = cognito.well_known_jwks(pool[1])
        return json.loads(body)

    apigateway._fetch_jwks = fetch_keys


def limit_sizes() -> None:
    """Refuse requests and answers that API Gateway, or Lambda as events, would not take."""
    execute = apigateway.handle_execute

    async def execute_within_limits(*request: Any, **more: Any) -> Any:
        body: bytes = request[5]
        if len(body) > LARGEST_REQUEST:
            return _answer(413, "Request Entity Too Large")
        if _size_in_event(body) > LARGEST_EVENT:
            return _answer(500, "Internal Server Error")
        answer = await execute(*request, **more)
        if _size_in_event(answer[2]) > LARGEST_EVENT:
            return _answer(500, "Internal Server Error")
        return answer

    apigateway.handle_execute = execute_within_limits


def _size_in_event(body: bytes | str) -> int:
    """Size of a body in the event's JSON: a string there, in base64 where it is no text."""
    try:
        text = body if isinstance(body, str) else body.decode()
    except UnicodeDecodeError:
        return len(body) * 4 // 3
    return len(json.dumps(text))


def _answer(status: int, message: str) -> tuple[int, dict[str, str], bytes]:
    return status, dict(_JSON), json.dumps({"message": message}).encode()
