"""Human loops without Amazon A2I: the core's rules over DynamoDB and S3 of the user's account."""
