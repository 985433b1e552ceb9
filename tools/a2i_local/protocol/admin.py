"""HTTP API for tests and people: `/_a2i/admin` (faults, clock, state) and `/_a2i/templates`.

The latter holds the text that the Url of DescribeHumanTaskUi points to.

| request | does |
|---|---|
| GET /_a2i/admin/faults | shows the fault settings |
| PUT /_a2i/admin/faults | replaces them |
| DELETE /_a2i/admin/faults | ends all faults |
| GET /_a2i/admin/clock | shows the service's time |
| POST /_a2i/admin/clock {"advanceSeconds": 3600} | moves it forward |
| GET /_a2i/admin/state | counts what the service remembers |
| GET /_a2i/admin/invitations | shows temporary passwords, as no e-mail is sent |
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from a2i_core.human_loops.instants import iso_milliseconds
from a2i_local.protocol.requests import Request
from a2i_local.protocol.responses import Response
from a2i_local.service import A2IService, FaultSettings
from a2i_local.service.human_task_uis import TEMPLATE_PATH

ADMIN_PATH = "/_a2i/admin/"
_TEN_YEARS_IN_SECONDS = 10 * 366 * 24 * 3600


class ClockAdvance(BaseModel):
    """Request to move the clock forward."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")

    advance_seconds: Annotated[float, Field(gt=0, le=_TEN_YEARS_IN_SECONDS)]


def is_admin(path: str) -> bool:
    """Return whether a request belongs here rather than to one of the APIs."""
    return path.startswith((ADMIN_PATH, TEMPLATE_PATH))


def refused_origin(origin: str) -> Response:
    """Answer a browser on another site's page: it may send what needs no preflight, unasked."""
    return _json(403, {"message": f"requests from the origin {origin!r} are not accepted"})


def handle(service: A2IService, request: Request) -> Response:
    """Answer one request: JSON, and `{"message": ...}` with 400, 404 or 405 for a wrong one."""
    if request.path.startswith(TEMPLATE_PATH):
        return _template(service, request.path.removeprefix(TEMPLATE_PATH))
    routes = _ROUTES.get(request.path.removeprefix(ADMIN_PATH))
    if routes is None:
        return _json(404, {"message": f"there is no {request.path}"})
    route = routes.get(request.method)
    if route is None:
        allowed = ", ".join(routes)
        return _json(405, {"message": f"{request.path} takes {allowed}, not {request.method}"})
    try:
        return _json(200, route(service, request.body))
    except ValidationError as error:
        return _json(400, {"message": str(error)})


def _template(service: A2IService, sha256: str) -> Response:
    content = service.template(sha256)
    if content is None:
        return _json(404, {"message": f"no template has the digest {sha256}"})
    return 200, {"Content-Type": "text/plain; charset=utf-8"}, content.encode()


def _show_faults(service: A2IService, _body: bytes) -> dict[str, Any]:
    return service.faults.settings.model_dump(by_alias=True)


def _set_faults(service: A2IService, body: bytes) -> dict[str, Any]:
    service.faults.settings = FaultSettings.model_validate_json(body)
    return _show_faults(service, body)


def _end_faults(service: A2IService, body: bytes) -> dict[str, Any]:
    service.faults.settings = FaultSettings()
    return _show_faults(service, body)


def _show_clock(service: A2IService, _body: bytes) -> dict[str, Any]:
    return {"now": iso_milliseconds(service.clock.now())}


def _advance_clock(service: A2IService, body: bytes) -> dict[str, Any]:
    advance = ClockAdvance.model_validate_json(body)
    service.advance_clock(timedelta(seconds=advance.advance_seconds))
    return _show_clock(service, body)


def _show_state(service: A2IService, _body: bytes) -> dict[str, Any]:
    return service.counts()


def _show_invitations(service: A2IService, _body: bytes) -> dict[str, Any]:
    return {
        "invitations": [
            {
                "username": invitation.username,
                "email": invitation.email,
                "temporaryPassword": invitation.temporary_password,
            }
            for invitation in service.sign_in.invitations()
        ]
    }


_ROUTES: dict[str, dict[str, Callable[[A2IService, bytes], dict[str, Any]]]] = {
    "faults": {"GET": _show_faults, "PUT": _set_faults, "DELETE": _end_faults},
    "clock": {"GET": _show_clock, "POST": _advance_clock},
    "state": {"GET": _show_state},
    "invitations": {"GET": _show_invitations},
}


def _json(status: int, document: dict[str, Any]) -> Response:
    return status, {"Content-Type": "application/json"}, json.dumps(document).encode()
