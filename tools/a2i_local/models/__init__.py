"""Local models of the demonstrations, behind the AWS services' own APIs.

The answers come from small models that really run: VADER for Amazon Comprehend's sentiment,
OpenCV's cascades and people detector for a SageMaker endpoint. They are weaker than the services
and their scores are not calibrated; what they share with them is the wire format. Everything they
need comes with the package's `demo` extra; nothing is downloaded at run time.
"""
