"""Demonstration behind `make demo` and `make local`: the stack of app.py, sample predictions."""

import json
import os
from pathlib import Path

from a2i_cli.aws import AwsClients
from a2i_cli.demo.account_portal_client import AccountPortalClient
from a2i_cli.demo.example import WORKERS, Example, Outputs, Progress, demo_commands, local_portal
from a2i_cli.demo.portal_client import Portal
from a2i_cli.demo.reviews import Review, read_requests, send
from a2i_local.host import LocalAws
from sentiment_reviewer import answer_page

ROOT = Path(__file__).parents[2]
OWN_REQUEST = {
    "flow": "sentiment",
    "input": {"taskObject": "Not what I had hoped for", "initialValue": "Neutral"},
    "prediction": {"Sentiment": "NEUTRAL", "SentimentScore": {"Neutral": 0.61, "Negative": 0.37}},
}
PREDICTIONS = ROOT / "worker_templates" / "sentiment_review.predictions.jsonl"


def send_predictions(clients: AwsClients, outputs: Outputs, on_progress: Progress) -> list[Review]:
    """Invoke the starter with each sample prediction."""
    reviews = []
    for request in read_requests(PREDICTIONS):
        on_progress(f"sending prediction {request['reviewId']}")
        reviews.append(send(clients, outputs["StarterFunctionName"], request))
    return reviews


def human_review(backend: str = "a2i") -> Example:
    """Return the example: the stack of cdk.json with sample reviewers and nothing retained.

    backend: `a2i`, or `account` for human loops in the account itself.
    """
    settings = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))
    return Example(
        project=ROOT,
        stack=settings["context"]["a2i"]["stackName"],
        context={
            "a2i.workforce.workers": json.dumps(WORKERS),
            "a2i.data.removalPolicy": json.dumps("destroy"),
            "a2i.workforce.removalPolicy": json.dumps("destroy"),
            "a2i.backend.mode": json.dumps(backend),
            "a2i.nag": "false",  # `make synth` runs cdk-nag; here it only takes time
        },
        send=send_predictions,
        reviewer=lambda _portal_url: answer_page,
        own_request=OWN_REQUEST,
        portal=sign_in_to_account if backend == "account" else local_portal,
    )


def sign_in_to_account(local: LocalAws, outputs: Outputs) -> Portal:
    """Sign the sample reviewers in to the stack's own task API."""
    return AccountPortalClient.sign_in(local.environment, outputs, WORKERS)


if __name__ == "__main__":
    demo_commands(lambda _: human_review(os.environ.get("BACKEND") or "a2i"), Path("build/demo"))()
