"""Errors of the runtime API, and of what workers do: a class for each, with its HTTP status."""

# ruff: noqa: N818 - the classes are named as the API names its errors
from typing import ClassVar


class ServiceError(Exception):
    """An error that a caller of the API sees; `code` and `http_status` belong to the class."""

    code: ClassVar[str]
    http_status: ClassVar[int]

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ValidationException(ServiceError):
    """The request breaks a constraint of its shape, or names something that does not exist."""

    code = "ValidationException"
    http_status = 400


class SerializationException(ServiceError):
    """The body is not what the protocol wants: no JSON, or a JSON type that does not convert."""

    code = "SerializationException"
    http_status = 400


class UnknownPath(ServiceError):
    """No operation has this method and path."""

    code = "UnknownOperationException"
    http_status = 404


class AccessDeniedException(ServiceError):
    """The caller may not do this with this human loop or flow definition."""

    code = "AccessDeniedException"
    http_status = 403


class ResourceNotFoundException(ServiceError):
    """No such human loop or flow definition."""

    code = "ResourceNotFoundException"
    http_status = 404


class ConflictException(ServiceError):
    """A human loop of this name exists with other input."""

    code = "ConflictException"
    http_status = 409


class ServiceQuotaExceededException(ServiceError):
    """The account has as many open human loops as it may have."""

    code = "ServiceQuotaExceededException"
    http_status = 402


class ThrottlingException(ServiceError):
    """Too many calls."""

    code = "ThrottlingException"
    http_status = 429


class InternalServerException(ServiceError):
    """The service failed."""

    code = "InternalServerException"
    http_status = 500


class WorkerTaskError(Exception):
    """An error that a worker sees in the portal; `http_status` belongs to the class."""

    http_status: ClassVar[int]

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidAnswer(WorkerTaskError):
    """The answer is not a JSON object."""

    http_status = 400


class NotATeamMember(WorkerTaskError):
    """The worker belongs to no group of the task's work team."""

    http_status = 403


class ObjectAccessDenied(WorkerTaskError):
    """The link has ended or was altered, or the flow definition's role may not read the object."""

    http_status = 403


class SourceIpNotAllowed(WorkerTaskError):
    """The request's address is outside the workforce's IP ranges: A2I answers Not Found."""

    http_status = 404


class InvalidTaskList(WorkerTaskError):
    """The list is asked to go on from a place that no page before it ended at."""

    http_status = 400


class TaskNotFound(WorkerTaskError):
    """No open task has this id."""

    http_status = 404


class ObjectNotFound(WorkerTaskError):
    """The object that the template refers to does not exist."""

    http_status = 404


class SlotTaken(WorkerTaskError):
    """Every slot of the task is with another worker, or this worker has answered it already."""

    http_status = 409


class ActionNotAllowed(WorkerTaskError):
    """The task's flow does not let workers do this, or no longer."""

    http_status = 409


class TaskTimeLimitExceeded(WorkerTaskError):
    """The worker's time for the task ran out before the answer came."""

    http_status = 409
