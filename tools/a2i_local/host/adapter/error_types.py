"""Names a function's error by its class, as Lambda does; MiniStack calls each one HandlerError.

Whoever catches errors by name depends on it: Step Functions, and callers that read `errorType`.
"""

from typing import Any

from ministack.services import lambda_svc

_UNNAMED = "Runtime.HandlerError"


def name_errors_by_class() -> None:
    """Replace the engine's call of a function by one that reads the class from the traceback."""
    execute = lambda_svc._execute_function_warm

    def execute_function(*invocation: Any, **more: Any) -> dict[str, Any]:
        result: dict[str, Any] = execute(*invocation, **more)
        body = result.get("body")
        if result.get("error") and isinstance(body, dict) and body.get("errorType") == _UNNAMED:
            found = _class_name(result.get("log", ""), body.get("errorMessage", ""))
            body["errorType"] = found or _UNNAMED
        return result

    lambda_svc._execute_function_warm = execute_function


def _class_name(log: str, message: str) -> str | None:
    """The class in `package.module.SomeError: message`, with which a traceback ends."""
    ending = f": {message}" if message else ""
    text = log.rstrip()
    if not text.endswith(ending):
        return None
    qualified = text.removesuffix(ending).rpartition("\n")[2]
    return qualified.rpartition(".")[2] if " " not in qualified else None
