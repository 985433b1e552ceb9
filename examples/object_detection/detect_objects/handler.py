"""Handler: detects objects in an uploaded image and sends the prediction to the review starter.

Environment: CLASSES, the names of the model's classes as a JSON list; ENDPOINT_NAME;
REQUEST_QUEUE_URL, the starter's queue; SHOWN_FROM, the score from which reviewers see a box.
"""

import json
import os
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import boto3

from detect_objects.boxes import answer_that_confirms, best_score, boxes_of
from detect_objects.image_size import image_size, media_type

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient
    from mypy_boto3_sqs import SQSClient


def lambda_handler(event: dict[str, Any], _context: object) -> None:
    """Handle S3's `Object Created` event; Lambda itself retries a failure."""
    bucket, uploaded = event["detail"]["bucket"]["name"], event["detail"]["object"]
    stored = _s3().get_object(Bucket=bucket, Key=uploaded["key"], IfMatch=uploaded["etag"])
    image = stored["Body"].read()
    request = review_request(
        f"s3://{bucket}/{uploaded['key']}",
        image,
        _predict(image),
        review_id=_review_id(uploaded["key"], uploaded["etag"]),
    )
    _sqs().send_message(QueueUrl=os.environ["REQUEST_QUEUE_URL"], MessageBody=json.dumps(request))


def review_request(
    image_uri: str, image: bytes, prediction: list[list[float]], *, review_id: str
) -> dict[str, Any]:
    """Return the prediction that the starter evaluates, with the data that retraining needs."""
    classes = json.loads(os.environ["CLASSES"])
    size = image_size(image)
    boxes, scores = boxes_of(
        prediction, classes=classes, size=size, shown_from=float(os.environ["SHOWN_FROM"])
    )
    return {
        "reviewId": review_id,
        "flow": "object-detection",
        "input": {"taskObject": image_uri, "labels": classes, "initialValue": boxes},
        "prediction": {
            "image": image_uri,
            "classes": classes,
            "bestScore": best_score(prediction),
            "scores": scores,
            "annotatedResult": answer_that_confirms(boxes, size),
        },
    }


def _predict(image: bytes) -> list[list[float]]:
    response = _runtime().invoke_endpoint(
        EndpointName=os.environ["ENDPOINT_NAME"], ContentType=media_type(image), Body=image
    )
    prediction: list[list[float]] = json.load(response["Body"])["prediction"]
    return prediction


def _review_id(key: str, etag: str) -> str:
    """Return a reviewId: the same image under the same key is one review."""
    name = key.rpartition("/")[2][:64]
    return f"{name}-{sha256(f'{key} {etag}'.encode()).hexdigest()[:16]}"


@cache
def _runtime() -> "SageMakerRuntimeClient":
    return boto3.client("sagemaker-runtime")


@cache
def _s3() -> "S3Client":
    return boto3.client("s3")


@cache
def _sqs() -> "SQSClient":
    return boto3.client("sqs")
