from __future__ import annotations

import json
from typing import Any

import pytest

from a2i_core.statuses import ReviewStatus
from a2i_shared.errors import (
    HumanLoopRefusedError,
    InputTooLargeError,
    InvalidRequestError,
    MissingInputError,
    ReviewIdConflictError,
    StartDelayedError,
    TooManyTasksError,
    UnknownFlowError,
)
from starter.flows import Flow
from starter.request import parse_request
from starter.review import ReviewDecision
from starter.start_review import MAX_TASKS
from tests.lambda_src.account import FLOW_ARN, Account
from tests.lambda_src.faults import lose_response
from tests.lambda_src.service_errors import service_error

SURE = {"Sentiment": "POSITIVE", "SentimentScore": {"Positive": 0.999}}


def test_only_so_many_tasks_wait_for_one_review(account: Account) -> None:
    tokens = [f"token-{number}" for number in range(MAX_TASKS)]
    [loop] = {account.start(taskToken=token).human_loop_name for token in tokens}
    assert loop is not None
    kept = account.keys(account.input_bucket)

    with pytest.raises(TooManyTasksError, match="100 tasks wait for reviewId 'order-1234' already"):
        account.start(taskToken="one too many")

    assert account.keys(account.input_bucket) == kept
    assert account.start().human_loop_name == loop
    assert account.start(taskToken=tokens[-1]).human_loop_name == loop
    assert account.entry(loop).task_tokens == frozenset(tokens)


def test_a_task_joins_a_review_only_with_its_content(account: Account) -> None:
    loop = account.start(taskToken="mine").human_loop_name
    assert loop is not None

    with pytest.raises(ReviewIdConflictError):
        account.start(taskToken="theirs", input={"taskObject": "a guess"})

    assert account.entry(loop).task_tokens == frozenset({"mine"})


def test_an_unsure_prediction_becomes_a_human_loop(account: Account) -> None:
    response = account.start()

    assert response.decision is ReviewDecision.STARTED
    assert response.reasons == ("confidence 0.71 is below 0.99",)
    assert response.human_loop_name is not None
    loop = account.a2i.loops[response.human_loop_name]
    assert (response.human_loop_arn, loop.flow_definition_arn) == (loop.arn, FLOW_ARN)
    assert account.entry(loop.name).status is ReviewStatus.IN_PROGRESS


def test_the_request_is_kept_before_the_loop_starts(account: Account) -> None:
    account.a2i.refusals = ["ThrottlingException"] * 100

    with pytest.raises(StartDelayedError):
        account.start()

    (key,) = account.keys(account.input_bucket)
    kept = account.read(f"s3://{account.input_bucket}/{key}")
    assert kept["input"] == {"taskObject": "I enjoy this product", "initialValue": "Positive"}
    assert kept["prediction"]["Sentiment"] == "POSITIVE"


def test_a_sure_prediction_needs_no_loop_and_is_recorded(account: Account) -> None:
    response = account.start(prediction=SURE)

    assert response.decision is ReviewDecision.NOT_NEEDED
    assert response.reasons == ("confidence 0.999 is not below 0.99",)
    assert (response.human_loop_name, response.human_loop_arn) == (None, None)
    assert not account.a2i.loops
    (entry,) = account.entries()
    assert entry["status"] == {"S": "NotNeeded"}


def test_a_review_that_was_not_needed_stays_so_under_another_policy(account: Account) -> None:
    account.start(prediction=SURE)
    account.flows = [account.flows[0].model_copy(update={"review_when": None})]

    assert account.start(prediction=SURE).decision is ReviewDecision.NOT_NEEDED
    with pytest.raises(ReviewIdConflictError):
        account.start()
    assert not account.keys(account.input_bucket)


def test_a_task_is_answered_at_once_when_no_review_is_needed(account: Account) -> None:
    account.stepfunctions.waiting = {"token"}

    account.start(prediction=SURE, taskToken="token")

    assert account.stepfunctions.succeeded["token"]["decision"] == "ReviewNotNeeded"


def test_the_same_review_id_is_the_same_loop(account: Account) -> None:
    first, second = account.start(), account.start()

    assert first == second
    assert len(account.a2i.starts) == 1


def test_the_order_of_keys_does_not_make_another_input(account: Account) -> None:
    account.start(input={"taskObject": "x", "initialValue": "Positive"})
    account.start(input={"initialValue": "Positive", "taskObject": "x"})

    assert len(account.a2i.starts) == 1


def test_another_input_under_the_same_review_id_is_refused(account: Account) -> None:
    account.start()

    with pytest.raises(ReviewIdConflictError, match="'order-1234' was already used"):
        account.start(input={"taskObject": "something else"})


def test_a_refused_other_input_is_not_kept(account: Account) -> None:
    account.start()
    kept = account.keys(account.input_bucket)

    with pytest.raises(ReviewIdConflictError):
        account.start(input={"taskObject": "something else"})

    assert account.keys(account.input_bucket) == kept


def test_a_repeated_request_is_kept_once(account: Account) -> None:
    name = account.start().human_loop_name
    account.start()

    assert name is not None
    bucket = account.input_bucket
    assert [account.entry(name).request_uri] == [f"s3://{bucket}/{k}" for k in account.keys(bucket)]


def test_a_loop_whose_response_was_lost_before_a_refusal_is_adopted(account: Account) -> None:
    start_human_loop = account.a2i.start_human_loop

    def lose(**parameters: Any) -> None:
        start_human_loop(**parameters)
        account.a2i.start_human_loop = start_human_loop  # type: ignore[method-assign]
        account.a2i.refusals = ["ValidationException"]
        lose_response()

    account.a2i.start_human_loop = lose  # type: ignore[method-assign,assignment]

    assert account.start().decision is ReviewDecision.STARTED
    [loop] = account.a2i.loops
    assert account.entry(loop).status is ReviewStatus.IN_PROGRESS


def test_a_refused_start_deletes_no_request_of_another_attempt(account: Account) -> None:
    """The second attempt joins between the first one's entry and its refusal."""
    start_human_loop = account.a2i.start_human_loop

    def refuse(**_: Any) -> None:
        account.a2i.start_human_loop = start_human_loop  # type: ignore[method-assign]
        assert account.start().decision is ReviewDecision.STARTED
        raise service_error("ValidationException", "said the service")

    account.a2i.start_human_loop = refuse  # type: ignore[method-assign,assignment]

    assert account.start().decision is ReviewDecision.STARTED
    assert len(account.keys(account.input_bucket)) == 1


def test_a_finished_review_returns_its_result(account: Account) -> None:
    name = account.start().human_loop_name
    assert name is not None
    account.finish(account.a2i.complete(name, {"sentiment": {"label": "Negative"}}))

    response = account.start()

    assert response.decision is ReviewDecision.FINISHED
    assert response.result_uri is not None
    assert account.read(response.result_uri)["answer"] == {"sentiment": {"label": "Negative"}}


def test_a_finished_review_whose_request_has_expired_keeps_none_again(account: Account) -> None:
    name = account.start().human_loop_name
    assert name is not None
    account.finish(account.a2i.complete(name, {"sentiment": {"label": "Negative"}}))
    (key,) = account.keys(account.input_bucket)
    account.s3.delete_object(Bucket=account.input_bucket, Key=key)

    assert account.start().decision is ReviewDecision.FINISHED
    assert not account.keys(account.input_bucket)


def test_a_task_that_asks_after_the_end_is_answered_at_once(account: Account) -> None:
    name = account.start().human_loop_name
    assert name is not None
    account.finish(account.a2i.complete(name, {"sentiment": {"label": "Negative"}}))
    account.stepfunctions.waiting = {"late"}

    account.start(taskToken="late")

    assert account.stepfunctions.succeeded["late"]["changedFields"] == ["sentiment"]


def test_every_task_that_asks_is_answered_at_the_end(account: Account) -> None:
    account.stepfunctions.waiting = {"first", "second"}
    name = account.start(taskToken="first").human_loop_name
    account.start(taskToken="second")
    assert name is not None

    account.finish(account.a2i.complete(name, {"sentiment": {"label": "Positive"}}))

    assert set(account.stepfunctions.succeeded) == {"first", "second"}
    assert account.entry(name).task_tokens == frozenset()


def test_a_start_that_was_cut_off_is_resumed(account: Account) -> None:
    account.eventbridge.failed_entries = 1
    with pytest.raises(Exception, match="did not take"):
        account.start()
    (entry,) = account.entries()
    assert entry["status"] == {"S": "Starting"}

    assert account.start().decision is ReviewDecision.STARTED
    assert len(account.a2i.starts) == 1


@pytest.mark.parametrize("names_are_free_again", [True, False])
def test_a_loop_that_was_started_with_a_lost_answer_is_adopted(
    account: Account, *, names_are_free_again: bool
) -> None:
    account.a2i.names_are_free_again = names_are_free_again
    name = account.start().human_loop_name
    assert name is not None
    account.dynamodb.update_item(
        TableName=account.table,
        Key={"humanLoopName": {"S": name}},
        UpdateExpression="SET #s = :s",
        ExpressionAttributeNames={"#s": "status"},
        ExpressionAttributeValues={":s": {"S": "Starting"}},
    )
    account.a2i.loops[name].status = "Completed"

    assert account.start().human_loop_arn == account.a2i.loops[name].arn
    assert account.a2i.starts == [name]


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "ServiceQuotaExceededException", "InternalServerException"]
)
def test_what_passes_with_time_is_repeated(account: Account, code: str) -> None:
    account.a2i.refusals = [code]

    assert account.start().decision is ReviewDecision.STARTED


def test_a_refused_start_leaves_nothing_behind(account: Account) -> None:
    account.a2i.active_flow_definitions.clear()

    with pytest.raises(HumanLoopRefusedError, match=r"with ValidationException$"):
        account.start()

    assert not account.entries()
    assert not account.keys(account.input_bucket)


def test_a_refusal_does_not_repeat_the_content_that_it_quotes(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> None:
        message = "Value 'my 'secret' text' at 'humanLoopInput.inputContent' failed to satisfy"
        raise service_error("ValidationException", message)

    monkeypatch.setattr(account.a2i, "start_human_loop", refuse)

    with pytest.raises(HumanLoopRefusedError, match=r"at humanLoopInput\.inputContent$"):
        account.start()


def test_a_corrected_request_may_follow_a_refused_one(account: Account) -> None:
    account.a2i.refusals = ["ValidationException"]
    with pytest.raises(HumanLoopRefusedError):
        account.start()

    response = account.start(input={"taskObject": "corrected"})

    assert response.decision is ReviewDecision.STARTED


def test_a_missing_input_is_named(account: Account) -> None:
    with pytest.raises(MissingInputError, match=r"input\.taskObject is missing"):
        account.start(input={"initialValue": "Positive"})

    assert not account.entries()
    assert not account.keys(account.input_bucket)


def test_every_missing_input_is_named() -> None:
    flow = Flow(
        flow="claims",
        flow_definition_arn="arn",
        required_inputs=("claim.id", "claim.text", "photo"),
    )
    with pytest.raises(MissingInputError, match=r"^input\.claim and input\.photo are missing: "):
        flow.input_content({})
    with pytest.raises(
        MissingInputError, match=r"^input\.claim is missing and input\.photo is null: "
    ):
        flow.input_content({"photo": None})
    assert flow.input_content({"claim": {}, "photo": "x", "other": None})


def test_a_field_that_requests_do_not_have_is_named_with_the_ones_they_have(
    account: Account,
) -> None:
    payload = {"reviewId": "order-1", "input": {}, "score": "private"}
    with pytest.raises(InvalidRequestError, match=r"score: no such field, .* taskToken$") as raised:
        parse_request(payload, account.starter().documents, [account.input_bucket])
    assert "private" not in str(raised.value)


def test_a_request_of_before_a_changed_bucket_is_found_in_the_former_one(account: Account) -> None:
    key = "requests/_incoming/kept.json"
    content = {"input": {"taskObject": "kept"}}
    account.s3.put_object(Bucket=account.output_bucket, Key=key, Body=json.dumps(content))
    payload = {"reviewId": "order-1", "requestUri": f"s3://{account.output_bucket}/{key}"}
    documents = account.starter().documents
    with pytest.raises(InvalidRequestError, match="requestUri must lie below"):
        parse_request(payload, documents, [account.input_bucket])
    former = [account.input_bucket, account.output_bucket]
    assert parse_request(payload, documents, former).input == content["input"]


def test_an_unknown_flow_is_named_with_the_known_ones(account: Account) -> None:
    with pytest.raises(UnknownFlowError, match=r"flow 'claims' is not one of .*: sentiment"):
        account.start(flow="claims")


def test_the_flow_may_be_left_out_where_there_is_one(account: Account) -> None:
    assert account.start(flow=None).flow == "sentiment"


def test_an_input_beyond_the_limit_is_refused_with_advice(account: Account) -> None:
    with pytest.raises(InputTooLargeError, match="at most 3145728: put large content into S3"):
        account.start(input={"taskObject": "x" * 3_145_728})


def test_reviewers_are_told_that_work_waits(account: Account) -> None:
    name = account.start().human_loop_name

    (started,) = account.eventbridge.details("Human Review Started")
    assert started["humanLoopName"] == name
    assert "I enjoy this product" not in str(started)
    assert started["reasons"] == ["confidence 0.71 is below 0.99"]


def test_content_never_enters_the_ledger(account: Account) -> None:
    name = account.start().human_loop_name
    assert name is not None
    account.finish(account.a2i.complete(name, {"sentiment": {"label": "Mixed"}}))

    ledger = str(account.entries())

    assert "I enjoy this product" not in ledger
    assert "POSITIVE" not in ledger
    assert "Mixed" not in ledger
