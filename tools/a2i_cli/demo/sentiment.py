"""`python -m a2i_cli.demo.sentiment`: what `make demo-sentiment` runs."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from matplotlib.figure import Figure

from a2i_cli.demo.clients import Clients
from a2i_cli.demo.example import EXAMPLES, Example, Outputs, run_example
from a2i_cli.demo.failures import failures_in_one_line
from a2i_cli.demo.pictures import draw_sentiments
from a2i_cli.demo.reviewers import answer_page
from a2i_cli.demo.reviews import Review

TEXTS = EXAMPLES / "sentiment" / "texts.jsonl"


def send_texts(clients: Clients, outputs: Outputs) -> int:
    """Send the sample texts, all but the last as messages, and that one as an upload."""
    lines = TEXTS.read_text(encoding="utf-8").splitlines()
    for line in lines[:-1]:
        clients.sqs.send_message(QueueUrl=outputs["TextsQueueUrl"], MessageBody=line)
    last = json.loads(lines[-1])
    clients.s3.put_object(
        Bucket=outputs["InputBucketName"],
        Key=f"texts/{last['textId']}.txt",
        Body=last["text"].encode(),
    )
    return len(lines)


def draw(_clients: Clients, reviews: Sequence[Review]) -> Figure:
    """Draw the completed reviews."""
    return draw_sentiments([review.result for review in reviews])


SENTIMENT = Example(
    folder="sentiment",
    stack="SentimentReview",
    send=send_texts,
    answer=lambda _portal_url: answer_page,
    draw=draw,
)


def main(
    build: Annotated[Path, typer.Option(help="the folder for cdk.out, results and picture")] = Path(
        "build/demo-sentiment"
    ),
) -> None:
    """Run the sentiment example on the local AWS."""
    with failures_in_one_line():
        run_example(SENTIMENT, build)


if __name__ == "__main__":
    typer.run(main)
