"""Marked secrets go through every input, and show in no log, metric, event, cause or ledger entry.

Content lies in S3 alone; a dead letter is the message that its sender has sent. What is written
like a name (a field's, a flow's) is shown, so the secrets are not written like one.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from a2i_shared import telemetry
from a2i_shared.clock import now
from reconciler.human_loops import HumanLoops
from reconciler.open_reviews import OpenReviews
from reconciler.results_function import ResultsFunction
from reconciler.starter_queue import StarterQueue
from results import handler as results_handler
from starter import handler as starter_handler
from starter.flows import Flow
from tests.effort import examples
from tests.lambda_src.account import FLOW_ARN, Account, sentiment_request
from tests.lambda_src.fake_lambda import FakeLambda
from tests.lambda_src.fast_clients import FastDynamoDB, FastS3, FastSQS
from tests.lambda_src.invocation import lambda_context, sqs_event
from tests.lambda_src.service_errors import service_error

MARK = "078-05-1120"
SECRETS = st.sampled_from(
    [
        f"Jane Doe {MARK}",
        f'say "x" {MARK}!',
        f"'{MARK}' at 'x y'",
        f"s3://bucket {MARK}",
        f"\n{MARK}",
    ]
)
POLICY = {
    "version": "1",
    "reviewWhen": {
        "anyOf": [
            {"confidence": {"path": "max(values(SentimentScore))", "below": 0.99}},
            {"matches": {"path": "Sentiment", "pattern": "POS"}},
            {"missing": {"path": "Sentiment"}},
        ]
    },
}
ONE_CALL_SECONDS = 18.0
"""Time for one call to A2I, so that throttling ends the attempt at once."""
WAYS = st.sampled_from(["function", "queue", "event"])


def requests(secret: str) -> dict[str, Any]:
    """Each place of a request that can hold a secret."""
    valid = sentiment_request()
    return {
        "input value": {**valid, "input": {"taskObject": secret}},
        "input key": {**valid, "input": {"taskObject": "x", secret: 1}},
        "input deep": {**valid, "input": {"taskObject": [{"a": [secret]}]}},
        "missing input": {**valid, "input": {"other": secret}},
        "large input": {**valid, "input": {"taskObject": [secret, "x" * 3_200_000]}},
        "no input": {**valid, "input": secret},
        "prediction": {
            **valid,
            "prediction": {"Sentiment": secret, "SentimentScore": {secret: 0.5}},
        },
        "prediction score": {**valid, "prediction": {"SentimentScore": {"Positive": secret}}},
        "unknown field": {**valid, secret: secret},
        "unknown flow": {**valid, "flow": secret},
        "wrong type": {**valid, "flow": [secret]},
        "no object": secret,
        "list": [secret],
        "uri": {"reviewId": "a", "requestUri": secret},
        "uri of a field": {"reviewId": "a", "requestUri": {"x": secret}},
        "infinity": {**valid, "input": {"taskObject": [secret, float("inf")]}},
        "half a pair": {**valid, "input": {"taskObject": [secret, "\ud800"]}},
    }


PLACES = sorted(requests(""))


class Witness(logging.Handler):
    """Takes in what the functions log, and what they emit as metrics."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(str(vars(record)))


@pytest.fixture
def witness(monkeypatch: pytest.MonkeyPatch) -> Iterator[Witness]:
    made = Witness()
    powertools = logging.getLogger(telemetry.logger.name)
    powertools.addHandler(made)
    monkeypatch.setattr(telemetry, "_emit", lambda *metric: made.seen.append(str(metric)))
    yield made
    powertools.removeHandler(made)


def new_account() -> Account:
    flow = Flow(
        flow="sentiment",
        flow_definition_arn=FLOW_ARN,
        review_when=POLICY,
        required_inputs=("taskObject",),
    )
    clients: Any = {"dynamodb": FastDynamoDB(), "s3": FastS3(), "sqs": FastSQS()}
    account = Account([flow], **clients)
    account.stepfunctions.waiting = {"token"}
    return account


class Functions:
    """The three functions of one account; keeps what they return and raise."""

    def __init__(self, account: Account, witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
        self.account, self.witness = account, witness
        witness.seen.clear()
        monkeypatch.setattr(starter_handler, "intake", account.intake)
        monkeypatch.setattr(results_handler, "finisher", account.finisher)

    def send(self, payload: Any, way: str) -> None:
        text = json.dumps(payload)
        event = f'{{"detail-type": "x", "source": "y", "detail": {text}}}'
        batch = sqs_event(text if way == "queue" else event)
        sent = payload if way == "function" else batch
        self._run(starter_handler.lambda_handler, sent)

    def finish(self, event: dict[str, Any]) -> None:
        self._run(results_handler.lambda_handler, event)

    def reconcile(self) -> None:
        moment = now() + timedelta(hours=30)
        open_reviews = OpenReviews(
            human_loops=HumanLoops(self.account.a2i),  # type: ignore[arg-type]  # the part it uses
            results_function=ResultsFunction(FakeLambda(self.account), "results"),  # type: ignore[arg-type]
            queue=StarterQueue(self.account.sqs, self.account.queue_url),
            flows=frozenset({"sentiment"}),
            clock=lambda: moment,
        )
        for action in open_reviews.reconcile(list(self.account.ledger().open_entries())):
            self.witness.seen.append(str(action))

    def _run(self, handler: Any, event: Any) -> None:
        try:
            self.witness.seen.append(str(handler(event, lambda_context(ONE_CALL_SECONDS))))
        except Exception as error:  # noqa: BLE001  # Lambda logs what a function ends with
            self.witness.seen.append(f"{type(error).__name__}: {error}")

    def shown(self) -> str:
        sqs: Any = self.account.sqs
        places = (
            self.witness.seen,
            self.account.eventbridge.events,
            self.account.entries(),
            sqs.reasons,
            self.account.stepfunctions.failed,
            self.account.stepfunctions.causes,
            self.account.stepfunctions.succeeded,
        )
        return "\n".join(map(str, places))


repeatable = settings(
    deadline=None,
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@repeatable
@given(secret=SECRETS, way=WAYS, place=st.sampled_from(PLACES), data=st.data())
def test_no_secret_of_a_request_is_shown(
    secret: str,
    way: str,
    place: str,
    data: st.DataObject,
    witness: Witness,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        account = new_account()
        functions = Functions(account, witness, patch)
        request = requests(secret)[place]
        if isinstance(request, dict) and data.draw(st.booleans()):
            request = {**request, "taskToken": "token"}
        refusal = data.draw(st.sampled_from([None, "ValidationException", "ThrottlingException"]))

        if refusal is not None:
            refuse(account, refusal, f"Value '{secret}' at 'x' is bad: {secret}", patch)
        functions.send(request, way)
        functions.reconcile()
        assert MARK not in functions.shown()


@repeatable
@given(
    secret=SECRETS,
    status=st.sampled_from(["Completed", "Failed", "Stopped"]),
    content=st.sampled_from(["value", "key", "no JSON", "no answer", "deep", "gone"]),
)
def test_no_secret_of_an_answer_or_a_failure_is_shown(
    secret: str, status: str, content: str, witness: Witness
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        account = new_account()
        functions = Functions(account, witness, patch)
        functions.send({**sentiment_request(), "taskToken": "token"}, "function")
        [loop] = account.a2i.loops
        event = account.a2i.complete(loop, {"sentiment": {"label": secret}, secret: secret})
        detail = event["detail"]
        detail["humanLoopStatus"] = status
        if status == "Failed":
            detail["failureReason"] = f"Task failed to render: {secret}"
            detail["failureCode"] = secret if content == "key" else "RenderError"
        bucket, _, key = (
            detail["humanLoopOutput"]["outputS3Uri"].removeprefix("s3://").partition("/")
        )
        bodies = {
            "no JSON": secret.encode(),
            "no answer": json.dumps({"humanAnswers": secret}).encode(),
            "deep": json.dumps({"humanAnswers": [{"answerContent": [secret]}]}).encode(),
        }
        if content in bodies:
            account.s3.put_object(Bucket=bucket, Key=key, Body=bodies[content])
        if content == "gone":
            account.s3.delete_object(Bucket=bucket, Key=key)

        functions.finish(event)
        functions.reconcile()
        with suppress(KeyError):
            functions.finish({"time": secret, "detail": {"humanLoopName": [secret]}})
        assert MARK not in functions.shown()


def refuse(account: Account, code: str, words: str, patch: pytest.MonkeyPatch) -> None:
    """Have A2I refuse with words that quote the input."""

    def start_human_loop(**_: Any) -> None:
        raise service_error(code, words, "StartHumanLoop")

    patch.setattr(account.a2i, "start_human_loop", start_human_loop)


def test_the_witness_sees_logs_metrics_and_errors(
    witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = new_account()
    functions = Functions(account, witness, monkeypatch)

    functions.send(sentiment_request(), "function")
    functions.send({"reviewId": "a", "score": 1}, "function")

    seen = "\n".join(witness.seen)
    for expected in ("request taken", "ReviewsStarted", "InvalidRequestError: invalid request"):
        assert expected in seen
