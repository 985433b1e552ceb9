from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from a2i_core.canonical_json import MAX_DEPTH
from a2i_core.statuses import ReviewStatus
from a2i_shared.clock import now
from a2i_shared.documents import Documents, S3Uri
from a2i_shared.errors import DocumentNotFoundError, EventNotPublishedError
from starter.review import ReviewDecision
from tests.lambda_src.account import Account, finish

NEGATIVE = {"sentiment": {"label": "Negative"}}
POSITIVE = {"sentiment": {"label": "Positive"}}


@pytest.fixture
def loop(account: Account) -> str:
    """The human loop of a review that waits for its reviewers, and of a task that waits too."""
    account.stepfunctions.waiting = {"token"}
    name = account.start(taskToken="token").human_loop_name
    assert name is not None
    return name


def finished(account: Account) -> dict[str, Any]:
    (detail,) = account.eventbridge.details("Human Review Finished")
    return detail


def test_a_completed_loop_becomes_a_result(account: Account, loop: str) -> None:
    event = account.a2i.complete(loop, NEGATIVE)

    account.finish(event)

    result = account.read(finished(account)["resultUri"])
    assert result["status"] == "Completed"
    assert result["answer"] == NEGATIVE
    assert result["answers"][0]["answerContent"] == NEGATIVE
    assert result["answers"][0]["submissionTime"] == "2026-11-22T10:20:00.000Z"
    assert result["prediction"]["Sentiment"] == "POSITIVE"
    assert result["changes"] == {"sentiment": {"before": "POSITIVE", "after": "Negative"}}
    assert result["outputUri"] == event["detail"]["humanLoopOutput"]["outputS3Uri"]
    assert "workerMetadata" not in json.dumps(result)


def test_the_event_holds_facts_but_no_content(account: Account, loop: str) -> None:
    account.finish(account.a2i.complete(loop, NEGATIVE))

    detail = finished(account)
    assert detail["reviewId"] == "order-1234"
    assert detail["status"] == "Completed"
    assert (detail["answers"], detail["agreement"]) == (1, 1.0)
    assert detail["changedFields"] == ["sentiment"]
    assert detail["finishedAt"] == "2026-11-22T10:30:00.000Z"
    assert not {"answer", "prediction", "changes"} & detail.keys()
    assert "Negative" not in json.dumps(detail)


def test_a_confirmed_prediction_has_no_changed_fields(account: Account, loop: str) -> None:
    account.finish(account.a2i.complete(loop, POSITIVE))

    assert finished(account)["changedFields"] == []


def test_the_ledger_ends_and_is_closed(account: Account, loop: str) -> None:
    account.finish(account.a2i.complete(loop, NEGATIVE))

    entry = account.entry(loop)
    assert entry.status is ReviewStatus.COMPLETED
    assert entry.result_uri == finished(account)["resultUri"]
    assert (entry.open_flow, entry.task_tokens) == (None, frozenset())
    assert entry.told_at is not None
    assert entry.expires_at is not None


def test_a_completed_review_answers_its_task(account: Account, loop: str) -> None:
    account.finish(account.a2i.complete(loop, NEGATIVE))

    answer = account.stepfunctions.succeeded["token"]
    assert (answer["decision"], answer["status"]) == ("ReviewFinished", "Completed")


@pytest.mark.parametrize(
    ("status", "failure_code", "expected"),
    [
        ("Failed", "ValidationError", ReviewStatus.FAILED),
        ("Failed", "Expired", ReviewStatus.EXPIRED),
        ("Stopped", None, ReviewStatus.STOPPED),
    ],
)
def test_every_other_end_ends_the_review_too(
    account: Account, loop: str, status: str, failure_code: str | None, expected: ReviewStatus
) -> None:
    account.finish(account.a2i.end(loop, status, failure_code=failure_code))

    assert account.entry(loop).status is expected
    assert account.stepfunctions.failed == {"token": f"HumanReview{expected}"}
    detail = finished(account)
    assert (detail["status"], detail["failureCode"]) == (expected, failure_code)
    result = account.read(detail["resultUri"])
    assert (result["answer"], result["answers"]) == (None, [])


def test_the_words_of_a_failure_are_in_the_result_alone(account: Account, loop: str) -> None:
    event = account.a2i.end(loop, "Failed", failure_code="ValidationError")
    reason = "Task failed to render: 'my secret text' is no URI"
    event["detail"]["failureReason"] = reason

    account.finish(event)

    detail = finished(account)
    assert detail["failureCode"] == "ValidationError"
    assert "secret" not in json.dumps(detail)
    assert account.read(detail["resultUri"])["failureReason"] == reason


@pytest.mark.parametrize("content", [None, b"not JSON"])
def test_a_review_whose_kept_request_is_gone_still_ends(
    account: Account, loop: str, content: bytes | None
) -> None:
    (key,) = account.keys(account.input_bucket)
    account.s3.delete_object(Bucket=account.input_bucket, Key=key)
    if content is not None:
        account.s3.put_object(Bucket=account.input_bucket, Key=key, Body=content)

    account.finish(account.a2i.complete(loop, NEGATIVE))

    result = account.read(finished(account)["resultUri"])
    assert (result["status"], result["answer"]) == ("Completed", NEGATIVE)
    assert (result["prediction"], result["changes"], result["requestGone"]) == (None, {}, True)
    assert account.entry(loop).open_flow is None


@pytest.mark.parametrize(
    "answer",
    [
        b'{"score": NaN}',
        b'{"score": 1e999}',
        b'{"text": "half of a pair: \\ud83d"}',
        b'{"deep": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"deep": ' + b"[" * 150 + b"]" * 150 + b"}",
        b'{"number": ' + b"9" * 5000 + b"}",
        b'{"bytes": "\xff"}',
        b'"no object"',
        b"{",
    ],
    ids=["nan", "infinity", "surrogate", "5000-deep", "150-deep", "digits", "bytes", "text", "cut"],
)
def test_an_output_that_cannot_be_read_ends_the_review_as_failed(
    account: Account, loop: str, answer: bytes
) -> None:
    body = b'{"humanAnswers": [{"answerContent": ' + answer + b"}]}"
    account.s3.put_object(Bucket=account.output_bucket, Key="o.json", Body=body)
    uri = f"s3://{account.output_bucket}/o.json"

    account.finish(account.a2i.event(loop, "Completed", output_uri=uri))

    detail = finished(account)
    assert (detail["status"], detail["failureCode"]) == ("Failed", "OutputUnreadable")
    result = account.read(detail["resultUri"])
    assert result["outputUri"] == uri
    assert result["failureReason"].startswith(f"{uri} ")
    assert account.entry(loop).open_flow is None
    assert account.stepfunctions.failed == {"token": "HumanReviewFailed"}


@pytest.mark.parametrize("code", ["AccessDeniedException", "InvalidOutput", "KmsAccessDenied"])
def test_a_task_that_can_never_be_answered_keeps_no_review_open(
    account: Account, loop: str, code: str
) -> None:
    account.stepfunctions.error = code

    account.finish(account.a2i.complete(loop, NEGATIVE))

    assert account.entry(loop).open_flow is None
    assert len(account.eventbridge.details("Human Review Finished")) == 1


def test_a_task_whose_answer_is_throttled_is_answered_later(account: Account, loop: str) -> None:
    event = account.a2i.complete(loop, NEGATIVE)
    account.stepfunctions.error = "ThrottlingException"
    with pytest.raises(ClientError):
        account.finish(event)
    account.stepfunctions.error = None

    account.finish(event)

    assert "token" in account.stepfunctions.succeeded


def test_a_prediction_of_the_deepest_level_ends_like_any_other(account: Account) -> None:
    deepest: Any = "x"
    for _ in range(MAX_DEPTH - 1):
        deepest = [deepest]
    prediction = {"boxes": deepest, "SentimentScore": {"Positive": 0.5}}
    name = account.start(prediction=prediction).human_loop_name
    assert name is not None
    event = account.a2i.complete(name, {"boxes": {"a": 1}, "also": [deepest]})

    account.finish(event)
    assert account.start(prediction=prediction).decision is ReviewDecision.FINISHED
    account.stepfunctions.waiting = {"late"}
    account.start(prediction=prediction, taskToken="late")

    assert account.stepfunctions.succeeded["late"]["status"] == "Completed"


def test_a_repeated_event_changes_nothing(account: Account, loop: str) -> None:
    event = account.a2i.complete(loop, NEGATIVE)
    account.finish(event)
    entry = account.entry(loop)

    account.finish(event)

    assert account.entry(loop) == entry
    assert len(account.eventbridge.details("Human Review Finished")) == 1


def test_a_contradicting_event_changes_nothing(account: Account, loop: str) -> None:
    account.finish(account.a2i.complete(loop, NEGATIVE))
    entry = account.entry(loop)

    account.finish(account.a2i.event(loop, "Stopped"))

    assert account.entry(loop) == entry


def test_an_end_that_was_not_told_is_told_by_the_repetition(account: Account, loop: str) -> None:
    event = account.a2i.complete(loop, NEGATIVE)
    account.eventbridge.failed_entries = 1
    with pytest.raises(EventNotPublishedError):
        account.finish(event)
    assert account.entry(loop).open_flow == "sentiment"

    account.finish(event)

    assert finished(account)["status"] == "Completed"
    assert "token" in account.stepfunctions.succeeded
    assert account.entry(loop).open_flow is None


def test_a_loop_that_ends_before_its_start_was_noted_is_finished(account: Account) -> None:
    account.eventbridge.failed_entries = 1
    with pytest.raises(EventNotPublishedError):
        account.start()
    (name,) = account.a2i.starts

    account.finish(account.a2i.complete(name, NEGATIVE))

    assert account.start().decision is ReviewDecision.FINISHED


def test_a_loop_of_somebody_else_is_left_alone(account: Account, loop: str) -> None:
    event = account.a2i.complete(loop, NEGATIVE)
    event["detail"]["humanLoopName"] = "started-by-hand"

    account.finish(event)

    assert not account.eventbridge.details("Human Review Finished")


def test_an_output_that_is_not_there_yet_is_waited_for(account: Account, loop: str) -> None:
    event = account.a2i.event(
        loop, "Completed", output_uri=f"s3://{account.output_bucket}/not/yet/output.json"
    )

    with pytest.raises(DocumentNotFoundError, match=r"not/yet/output\.json does not exist"):
        account.finish(event)

    assert account.entry(loop).status is ReviewStatus.IN_PROGRESS


def missing_output(account: Account, loop: str, *, after: timedelta) -> dict[str, Any]:
    """Have A2I name an output that is not there, at the first look and after a while."""
    uri = f"s3://{account.output_bucket}/gone/output.json"
    event = account.a2i.event(loop, "Completed", output_uri=uri)
    with pytest.raises(DocumentNotFoundError):
        account.finish(event)
    finish(replace(account.finisher(), clock=lambda: now() + after), event)
    return finished(account)


def test_a_deleted_output_ends_the_review_as_failed_with_the_reason(
    account: Account, loop: str
) -> None:
    detail = missing_output(account, loop, after=timedelta(hours=2))

    assert (detail["status"], detail["failureCode"]) == ("Failed", "OutputGone")
    result = account.read(detail["resultUri"])
    assert result["answer"] is None
    assert result["failureReason"].endswith("/gone/output.json does not exist")
    assert account.entry(loop).open_flow is None
    assert account.stepfunctions.failed == {"token": "HumanReviewFailed"}


def test_an_output_that_was_brought_back_in_time_counts(account: Account, loop: str) -> None:
    event = account.a2i.complete(loop, NEGATIVE)
    uri = S3Uri.parse(event["detail"]["humanLoopOutput"]["outputS3Uri"])
    document = account.read(str(uri))
    account.s3.delete_object(Bucket=uri.bucket, Key=uri.key)
    with pytest.raises(DocumentNotFoundError):
        account.finish(event)
    Documents(account.s3).write(uri, document)

    account.finish(event)

    assert finished(account)["status"] == "Completed"


def test_an_output_that_is_late_is_waited_for_again_and_again(account: Account, loop: str) -> None:
    with pytest.raises(DocumentNotFoundError):
        missing_output(account, loop, after=timedelta(minutes=50))
    assert account.entry(loop).status is ReviewStatus.IN_PROGRESS


def test_a_result_that_was_deleted_before_all_were_told_is_made_anew(
    account: Account, loop: str
) -> None:
    event = account.a2i.complete(loop, NEGATIVE)
    account.stepfunctions.error = "ThrottlingException"
    with pytest.raises(ClientError):
        account.finish(event)
    uri = S3Uri.parse(str(account.entry(loop).result_uri))
    account.s3.delete_object(Bucket=uri.bucket, Key=uri.key)
    account.stepfunctions.error = None

    account.finish(event)

    assert account.read(str(uri))["answer"] == NEGATIVE
    assert account.entry(loop).open_flow is None


def test_an_output_in_an_unknown_form_ends_the_review_as_failed(
    account: Account, loop: str
) -> None:
    account.s3.put_object(Bucket=account.output_bucket, Key="o.json", Body=b'{"answers": []}')
    event = account.a2i.event(loop, "Completed", output_uri=f"s3://{account.output_bucket}/o.json")

    account.finish(event)

    assert finished(account)["failureCode"] == "OutputUnreadable"


def test_old_outputs_without_acceptance_time_are_read(account: Account, loop: str) -> None:
    event = account.a2i.complete(loop, NEGATIVE)
    uri = event["detail"]["humanLoopOutput"]["outputS3Uri"]
    output = account.read(uri)
    for answer in output["humanAnswers"]:
        del answer["acceptanceTime"], answer["timeSpentInSeconds"]
    key = uri.removeprefix(f"s3://{account.output_bucket}/")
    account.s3.put_object(Bucket=account.output_bucket, Key=key, Body=json.dumps(output).encode())

    account.finish(event)

    assert account.entry(loop).status is ReviewStatus.COMPLETED


def test_the_flow_chooses_how_answers_are_consolidated(account: Account) -> None:
    (flow,) = account.flows
    account.flows = [flow.model_copy(update={"consolidation": {"sentiment": "unanimous"}})]
    name = account.start().human_loop_name
    assert name is not None

    account.finish(account.a2i.complete(name, NEGATIVE, POSITIVE))

    result = account.read(finished(account)["resultUri"])
    assert result["answer"] == {"sentiment": None}
    assert result["changedFields"] == []


def test_several_answers_are_consolidated(account: Account, loop: str) -> None:
    account.finish(account.a2i.complete(loop, NEGATIVE, POSITIVE, NEGATIVE))

    result = account.read(finished(account)["resultUri"])
    assert result["answer"] == NEGATIVE
    assert len(result["answers"]) == 3
    assert result["agreement"] == pytest.approx(2 / 3)
