"""Lambda function that adds reviewed boxes to the training data."""
