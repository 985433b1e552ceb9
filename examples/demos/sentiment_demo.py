"""Demonstration behind `make demo-sentiment`: sample texts, and a picture of the results."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from a2i_cli.aws import AwsClients
from a2i_cli.demo.example import WORKERS, Example, Outputs, Progress, demo_commands
from a2i_cli.demo.reviews import Review, wait_for_decisions
from sentiment_reviewer import answer_page

PROJECT = Path(__file__).parents[1] / "sentiment"
SENTIMENTS = {
    "Positive": "tab:green",
    "Neutral": "tab:gray",
    "Mixed": "tab:orange",
    "Negative": "tab:red",
}


def send_texts(clients: AwsClients, outputs: Outputs, on_progress: Progress) -> list[Review]:
    """Send the sample texts, all but the last as messages, and that one as an upload."""
    lines = (PROJECT / "texts.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines[:-1]:
        clients.sqs.send_message(QueueUrl=outputs["TextsQueueUrl"], MessageBody=line)
    last = json.loads(lines[-1])
    clients.s3.put_object(
        Bucket=outputs["InputBucketName"],
        Key=f"texts/{last['textId']}.txt",
        Body=last["text"].encode(),
    )
    return wait_for_decisions(
        clients,
        outputs["LedgerTableName"],
        expected=len(lines),
        on_progress=lambda done: on_progress(f"{done} of {len(lines)} texts are decided on"),
    )


def draw_sentiments(results: Sequence[Mapping[str, Any]]) -> Figure:
    """Draw for each result the model's four scores, and beside them the reviewers' sentiment.

    Args:
        results: contents of result.json of completed reviews.
    """
    figure = Figure(figsize=(9, 1.5 + 0.5 * len(results)), layout="constrained")
    axes = figure.subplots()
    for row, result in enumerate(reversed(results)):
        _draw_scores(axes, row, result["prediction"]["SentimentScore"])
        reviewed = result["answer"]["sentiment"]["label"]
        verdict = "changed" if result["changedFields"] else "confirmed"
        axes.text(1.02, row, f"{reviewed} ({verdict})", va="center", color=SENTIMENTS[reviewed])
    axes.set_yticks(range(len(results)), [result["reviewId"] for result in reversed(results)])
    axes.set_xlim(0, 1.45)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    axes.set_xlabel("the model's scores")
    axes.set_title("Sentiments: the model's scores, and what the reviewers said")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(
        handles=[Rectangle((0, 0), 1, 1, color=colour) for colour in SENTIMENTS.values()],
        labels=list(SENTIMENTS),
        loc="upper center",
        bbox_to_anchor=(0.35, -0.2),
        ncols=len(SENTIMENTS),
        frameon=False,
    )
    return figure


def _draw_scores(axes: Axes, row: int, scores: Mapping[str, float]) -> None:
    left = 0.0
    for name, colour in SENTIMENTS.items():
        axes.barh(row, scores[name], left=left, color=colour, height=0.6)
        left += scores[name]


def write_picture(
    _clients: AwsClients, _outputs: Outputs, completed: list[Review], folder: Path
) -> list[Path]:
    """Write the completed reviews as a picture."""
    path = folder / "picture.png"
    draw_sentiments([review.result for review in completed]).savefig(path)
    return [path]


SENTIMENT = Example(
    project=PROJECT,
    stack="SentimentReview",
    context={"workers": ",".join(WORKERS)},
    send=send_texts,
    reviewer=lambda _portal_url: answer_page,
    write=write_picture,
)

if __name__ == "__main__":
    demo_commands(lambda _: SENTIMENT, Path("build/demo-sentiment"))()
