"""CDK app of the sentiment example; its settings are the context in cdk.json."""

from aws_cdk import App

from sentiment_stack import SentimentStack

app = App()
workers = app.node.try_get_context("workers") or ""
SentimentStack(
    app,
    "SentimentReview",
    workers=[email.strip() for email in workers.split(",") if email.strip()],
    workteam_arn=app.node.try_get_context("workteamArn"),
)
app.synth()
