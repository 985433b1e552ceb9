"""One class per cause. A direct caller of a function sees the class name as `errorType`."""

from __future__ import annotations


class HumanReviewError(Exception):
    """Base of every error that the functions raise on purpose."""


class ConfigurationError(HumanReviewError):
    """The function's environment or the registry of flows is incomplete or malformed."""


class RequestRefusedError(HumanReviewError):
    """Base of what repeating the same request cannot cure."""


class InvalidRequestError(RequestRefusedError):
    """A field of the request is missing, unknown or has a value that is not allowed."""


class UnknownFlowError(RequestRefusedError):
    """The request names a flow that the stack does not have, or none where there are several."""


class MissingInputError(RequestRefusedError):
    """The worker task template reads a variable that the request's `input` lacks."""


class InputTooLargeError(RequestRefusedError):
    """The request's `input` is larger than StartHumanLoop accepts."""


class ReviewIdConflictError(RequestRefusedError):
    """The reviewId was already used with another input or prediction."""


class TooManyTasksError(RequestRefusedError):
    """As many Step Functions tasks wait for the review as one can have."""


class HumanLoopRefusedError(RequestRefusedError):
    """Amazon A2I refused to start the human loop for a reason that waiting does not change."""


class StartDelayedError(HumanReviewError):
    """Amazon A2I is throttling, at a quota or failing; the same request can succeed later."""


class DocumentNotFoundError(HumanReviewError):
    """An S3 object that a step needs does not exist (yet)."""


class DocumentUnreadableError(HumanReviewError):
    """An S3 object exists but is not the JSON document that was expected there."""


class EventNotPublishedError(HumanReviewError):
    """EventBridge did not take an event; the step is repeated."""


class ReviewNotFinishedError(HumanReviewError):
    """The results function failed on the end of a human loop that the reconciler gave it."""


class WorkforceExistsError(HumanReviewError):
    """The region has a private workforce already, and can have no other."""


class WorkforceNotFoundError(HumanReviewError):
    """The workforce that is to be adopted does not exist, or is another one."""


class WorkforceRefusedError(HumanReviewError):
    """The service refused to create, change or delete the workforce, or to show its secret."""


class WorkforceFailedError(HumanReviewError):
    """The workforce reached the status Failed, or went away while it was waited for."""


class SecretUnusableError(HumanReviewError):
    """The secret of the identity provider's client holds no text."""


class FlowDefinitionError(HumanReviewError):
    """Base of what makes CloudFormation's operation on a flow definition fail."""


class InvalidPropertyError(FlowDefinitionError):
    """A resource property has a value that the service is known to refuse."""


class NotOurFlowDefinitionError(FlowDefinitionError):
    """The name is taken by a flow definition with other properties."""


class FlowDefinitionFailedError(FlowDefinitionError):
    """The flow definition reached the status Failed."""


class OperationRefusedError(FlowDefinitionError):
    """The service refused for a reason that waiting does not change."""


class ServiceBusyError(FlowDefinitionError):
    """The service is throttling, failing or out of reach; the next poll tries again."""


class RoleNotReadyError(FlowDefinitionError):
    """The execution role still could not be used when the time to wait for IAM was over."""


class QuotaReachedError(FlowDefinitionError):
    """A quota of the account stands in the way."""


class AccessRefusedError(FlowDefinitionError):
    """The function's role lacks a permission, or an organization's policy denies it."""


class AccountNotAcceptedError(FlowDefinitionError):
    """Amazon A2I does not serve this account: it is closed to new customers since July 2026."""


class PendingReviewsError(FlowDefinitionError):
    """Deleting now would discard human loops that no worker has opened yet."""


class InvitationsNotSentError(HumanReviewError):
    """Cognito created users, but did not send all of their invitations."""


class PauseLiftedError(HumanReviewError):
    """The starter took requests while the destroy guard counted them."""


class WorkteamsLeftError(HumanReviewError):
    """The workforce cannot be deleted with the stack while it has teams of other templates."""


class NeededByReviewsError(HumanReviewError):
    """An update takes away what pending reviews need."""


class DeletionStillRunningError(FlowDefinitionError):
    """Workers still hold tasks of the flow definition; deleting again goes on waiting."""
