"""CDK app of the object detection example; its settings are the context in cdk.json."""

from aws_cdk import App

from object_detection_stack import ObjectDetectionStack

app = App()
context = app.node.try_get_context
ObjectDetectionStack(
    app,
    "ObjectDetectionReview",
    classes=[name.strip() for name in context("classes").split(",")],
    endpoint_name=context("endpointName"),
    model_artifact=context("modelArtifact"),
    workers=[email.strip() for email in (context("workers") or "").split(",") if email.strip()],
    workteam_arn=context("workteamArn"),
)
app.synth()
