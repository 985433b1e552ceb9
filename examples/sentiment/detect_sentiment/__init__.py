"""Lambda function that asks Amazon Comprehend for the sentiment of texts."""
