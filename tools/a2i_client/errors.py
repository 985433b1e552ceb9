"""Errors of the client. What AWS itself refuses stays botocore's ClientError."""


class ReviewsError(Exception):
    """Base of every error that the client raises; its message says what to do."""


class StackNotFoundError(ReviewsError):
    """No stack of that name with reviews is deployed in the region."""


class FunctionFailedError(ReviewsError):
    """A function of the stack ended with an error.

    Attributes:
        error: The error's name, `errorType` of the function's answer.
        words: The error's own words.
    """

    def __init__(self, error: str, words: str) -> None:
        super().__init__(f"{error}: {words}")
        self.error = error
        self.words = words


class RequestRefusedError(ReviewsError):
    """The request is wrong: sending it again changes nothing, and nothing was started.

    Attributes:
        error: The error's name, as docs/integrating.md lists them, such as `MissingInputError`.
        words: The error's own words.
        field: The request's field that is wrong, such as `input.taskObject`. Default: None, where
            the error is not about one.
    """

    def __init__(self, error: str, words: str, field: str | None = None) -> None:
        super().__init__(f"the request was refused: {error}: {words}")
        self.error = error
        self.field = field


class StartDelayedError(ReviewsError):
    """A2I is busy and nothing is kept yet: send the same request again in a while."""
