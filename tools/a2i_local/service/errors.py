"""Errors of the control plane and of sign-in: one class per error code, with its HTTP status.

The control plane (JSON 1.1) and the runtime (REST JSON) name the same causes differently, so a
missing flow definition is `ResourceNotFound` on one and `ResourceNotFoundException` on the other.
"""

# ruff: noqa: N818 - the classes are named as the API names its errors
from a2i_core.human_loops.errors import ServiceError, WorkerTaskError


class UnknownOperationException(ServiceError):
    """Control plane: no such operation, or one that has nothing to do with human review."""

    code = "UnknownOperationException"
    http_status = 400


class ResourceInUse(ServiceError):
    """Control plane: the name is taken, or something still depends on the resource."""

    code = "ResourceInUse"
    http_status = 400


class ResourceLimitExceeded(ServiceError):
    """Control plane: the account has as many of these as it may have."""

    code = "ResourceLimitExceeded"
    http_status = 400


class ResourceNotFound(ServiceError):
    """Control plane: no such resource."""

    code = "ResourceNotFound"
    http_status = 400


class UpdateConflict(ServiceError):
    """Control plane: another change of the resource is under way."""

    code = "ConflictException"
    http_status = 400


class ControlPlaneThrottling(ServiceError):
    """Control plane: too many calls."""

    code = "ThrottlingException"
    http_status = 400


class InternalFailure(ServiceError):
    """Control plane: the service failed."""

    code = "InternalFailure"
    http_status = 500


class InvalidPassword(WorkerTaskError):
    """The new password does not conform with the user pool's policy."""

    http_status = 400


class NotAuthorized(WorkerTaskError):
    """The user pool refuses this user name with this password."""

    http_status = 401
