"""Demonstration behind `make demo` and `make local`: the stack of app.py, sample predictions."""

import json
from pathlib import Path

from a2i_cli.aws import AwsClients
from a2i_cli.demo.example import WORKERS, Example, Outputs, Progress, demo_commands
from a2i_cli.demo.reviews import Review, read_requests, send
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


def human_review() -> Example:
    """Return the example: the stack of cdk.json with sample reviewers and nothing retained."""
    settings = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))
    return Example(
        project=ROOT,
        stack=settings["context"]["a2i"]["stackName"],
        context={
            "a2i.workforce.workers": json.dumps(WORKERS),
            "a2i.data.removalPolicy": json.dumps("destroy"),
            "a2i.workforce.removalPolicy": json.dumps("destroy"),
            "a2i.nag": "false",  # `make synth` runs cdk-nag; here it only takes time
        },
        send=send_predictions,
        reviewer=lambda _portal_url: answer_page,
        own_request=OWN_REQUEST,
    )


if __name__ == "__main__":
    demo_commands(lambda _: human_review(), Path("build/demo"))()
