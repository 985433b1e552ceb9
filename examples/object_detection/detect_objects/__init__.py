"""Lambda function that asks a SageMaker endpoint which objects an image shows."""
