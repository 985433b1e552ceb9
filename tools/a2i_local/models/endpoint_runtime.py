"""SageMaker's InvokeEndpoint, answered by the object detector.

The answer has the format of SageMaker's built-in object detection algorithm:
`{"prediction": [[class, score, left, top, right, bottom], ...]}`, with the class as an index into
`object_detection.CLASSES` and the corners relative to the image's width and height.
"""

import threading
from typing import Any

from a2i_core.human_loops.errors import ServiceError
from a2i_local.models.hosting import ModelHosting, invoked_endpoint
from a2i_local.models.object_detection import ObjectDetector, UnreadableImageError
from a2i_local.models.wire import REST_JSON, Request, Response, error_response, json_response

MAX_BODY_BYTES = 6_291_456
IMAGE_TYPES = ("image/jpeg", "image/png", "application/x-image")


class ValidationError(ServiceError):
    """Runtime: no such endpoint, or a body that is too large."""

    code = "ValidationError"
    http_status = 400


class ModelError(ServiceError):
    """Runtime: the model's container refused the request, with a status of its own."""

    code = "ModelError"
    http_status = 424

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f'Received client error ({status}) from primary with message "{message}".')
        self.original_status = status
        self.original_message = message


class EndpointRuntime:
    """InvokeEndpoint for every endpoint of `hosting`."""

    def __init__(self, hosting: ModelHosting, detector: ObjectDetector | None = None) -> None:
        self._hosting = hosting
        self._detector = detector or ObjectDetector()
        self._one_at_a_time = threading.Lock()

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        try:
            self._check_endpoint(request)
            document = self._predict(request.headers.get("content-type", ""), request.body)
        except ModelError as error:
            return error_response(
                error,
                REST_JSON,
                OriginalStatusCode=error.original_status,
                OriginalMessage=error.original_message,
            )
        except ServiceError as error:
            return error_response(error, REST_JSON)
        status, answer_headers, answer = json_response(document, REST_JSON)
        return status, {**answer_headers, "x-Amzn-Invoked-Production-Variant": "primary"}, answer

    def _check_endpoint(self, request: Request) -> None:
        name = invoked_endpoint(request.path)
        account, region = request.account, request.region
        if not name or not self._hosting.endpoint_exists(name, account=account, region=region):
            raise ValidationError(f"Endpoint {name} of account {account} not found.")

    def _predict(self, media_type: str, image: bytes) -> dict[str, Any]:
        if len(image) > MAX_BODY_BYTES:
            raise ValidationError(
                f"the body has {len(image)} bytes: at most {MAX_BODY_BYTES} are allowed"
            )
        if media_type not in IMAGE_TYPES:
            raise ModelError(415, f"content type '{media_type}' is none of {IMAGE_TYPES}")
        try:
            with self._one_at_a_time:
                found = self._detector.detect(image)
        except UnreadableImageError as error:
            raise ModelError(400, str(error)) from error
        return {
            "prediction": [
                [float(box.class_index), box.score, box.left, box.top, box.right, box.bottom]
                for box in found
            ]
        }
