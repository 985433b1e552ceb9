"""Amazon Comprehend's DetectSentiment and BatchDetectSentiment, answered by VADER.

Limits and errors are the service's own, with one difference: of the service's twelve languages
the model reads only English.
"""

# ruff: noqa: N818 - the classes are named as the API names its errors
from collections.abc import Mapping
from typing import Any

import botocore.session
from botocore.model import ServiceModel

from a2i_core.human_loops.errors import ServiceError
from a2i_local.models.sentiment import Sentiment, SentimentModel
from a2i_local.models.wire import (
    JSON_1_1,
    Request,
    Response,
    error_response,
    json_parameters,
    json_response,
)
from a2i_local.protocol.parsing import parse_members
from a2i_local.protocol.validation import validate
from a2i_local.service.errors import UnknownOperationException

LANGUAGE = "en"
MAX_TEXT_BYTES = 5000
MAX_BATCH = 25


class TextSizeLimitExceededException(ServiceError):
    """A text is longer than MAX_TEXT_BYTES in UTF-8."""

    code = "TextSizeLimitExceededException"
    http_status = 400


class BatchSizeLimitExceededException(ServiceError):
    """A batch holds more than MAX_BATCH texts."""

    code = "BatchSizeLimitExceededException"
    http_status = 400


class UnsupportedLanguageException(ServiceError):
    """The language is one of Comprehend's, but not one of the model's."""

    code = "UnsupportedLanguageException"
    http_status = 400


class Comprehend:
    """The two operations, with the wire format around them."""

    def __init__(self, model: SentimentModel | None = None) -> None:
        self._model = model or SentimentModel()
        self._operations = {
            "DetectSentiment": self._detect_sentiment,
            "BatchDetectSentiment": self._batch_detect_sentiment,
        }
        self._service: ServiceModel = botocore.session.get_session().get_service_model("comprehend")

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        try:
            answer = self.call(request.operation, json_parameters(request.body))
        except ServiceError as error:
            return error_response(error, JSON_1_1)
        return json_response(answer, JSON_1_1)

    def call(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Do one operation; raises the ServiceError that the caller of the API sees."""
        if operation not in self._operations:
            known = " and ".join(self._operations)
            raise UnknownOperationException(
                f"comprehend {operation or '(no operation)'} is not answered locally: only {known}"
            )
        shape = self._service.operation_model(operation).input_shape
        parsed = parse_members(shape, parameters)
        validate(shape, parsed)
        _check_language(parsed["LanguageCode"])
        return self._operations[operation](parsed)

    def _detect_sentiment(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        text = parameters["Text"]
        _check_size(text)
        return _answer(self._model.detect(text))

    def _batch_detect_sentiment(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        texts = parameters["TextList"]
        if len(texts) > MAX_BATCH:
            raise BatchSizeLimitExceededException(
                f"the batch holds {len(texts)} texts: send at most {MAX_BATCH}"
            )
        answers: dict[str, Any] = {"ResultList": [], "ErrorList": []}
        for index, text in enumerate(texts):
            try:
                _check_size(text)
            except TextSizeLimitExceededException as error:
                entry = {"Index": index, "ErrorCode": error.code, "ErrorMessage": error.message}
                answers["ErrorList"].append(entry)
            else:
                answers["ResultList"].append({"Index": index, **_answer(self._model.detect(text))})
        return answers


def _check_language(language: str) -> None:
    if language != LANGUAGE:
        raise UnsupportedLanguageException(
            f"the local model reads only '{LANGUAGE}', got '{language}'"
        )


def _check_size(text: str) -> None:
    size = len(text.encode())
    if size > MAX_TEXT_BYTES:
        raise TextSizeLimitExceededException(
            "Input text size exceeds limit. Max length of request text allowed is "
            f"{MAX_TEXT_BYTES} bytes while in this request the text size is {size} bytes"
        )


def _answer(sentiment: Sentiment) -> dict[str, Any]:
    return {
        "Sentiment": sentiment.label,
        "SentimentScore": {name.capitalize(): score for name, score in vars(sentiment).items()},
    }
