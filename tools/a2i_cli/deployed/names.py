"""Names that a deployed stack derives; the functions in the account derive the same ones."""

import hashlib
import re

from a2i_cli.failures import CommandError

_LOOP_HASH_LENGTH = 20
_DEFINITION_NAME = re.compile(r"(?P<flow>.+)-(?P<stack>[0-9a-f]{8})-[0-9a-f]{10}")


def stack_hash(stack_id: str) -> str:
    """Return the first segment of the UUID in a stack's ARN."""
    return stack_id.split("/")[2][:8]


def human_loop_name(stack_id: str, flow: str, review_id: str) -> str:
    """Return the name of the one human loop that a review has, or would have."""
    identity = _sha256(f"{stack_id}\n{flow}\n{review_id}")
    return f"{flow}-{identity[:_LOOP_HASH_LENGTH]}"


def request_key(flow: str, review_id: str) -> str:
    """Return the key of a review's request in the input bucket."""
    return f"requests/{flow}/{_sha256(review_id)}.json"


def result_key(flow: str, review_id: str) -> str:
    """Return the key of a review's result in the output bucket."""
    return f"results/{flow}/{_sha256(review_id)}/result.json"


def flow_of_definition(name: str, stack: str) -> str | None:
    """Return the flow that a flow definition of the stack with hash `stack` is made for.

    None for a definition of another stack, or one that no stack of ours made.
    """
    match = _DEFINITION_NAME.fullmatch(name)
    return match["flow"] if match and match["stack"] == stack else None


def split_s3_uri(uri: str) -> tuple[str, str]:
    """Return bucket and key.

    Raises:
        CommandError: `uri` does not read s3://bucket/key.
    """
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if not uri.startswith("s3://") or not bucket or not key:
        raise CommandError(f"an S3 URI reads s3://bucket/key, got {uri!r}")
    return bucket, key


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
