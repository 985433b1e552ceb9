"""Names that the service demands: slugs, and the part of a name that tells two stacks apart."""

import hashlib
import re

from aws_cdk import Aws, Fn, Stack
from constructs import Construct, IConstruct

OWN_LOOPS = (
    "the rest of a human loop's name is a digest of the reviewId; the flow's name in front of it "
    "keeps other flows' loops out"
)
"""Why the pattern of a flow's human loops has a wildcard."""
SLUG_PATTERN = re.compile(r"[a-z0-9](-*[a-z0-9])*")
SLUG_ALLOWED = "lower case letters, digits and inner hyphens"
MAX_SLUG_LENGTH = 40
STACK_HASH_LENGTH = 8
DIGEST_LENGTH = 10
OWN_DEFINITIONS = (
    "names of flow definitions end in a digest that is known after deployment; the stack's own "
    "hash in front of it keeps other stacks' definitions out"
)
"""Why `own_flow_definitions` has wildcards."""


def slug(text: str) -> str:
    """`text` in lower case letters, digits and single hyphens, cut to MAX_SLUG_LENGTH."""
    with_hyphens = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text)
    plain = re.sub(r"[^a-z0-9]+", "-", with_hyphens.lower())
    return plain.strip("-")[:MAX_SLUG_LENGTH].strip("-")


def in_words(name: str) -> str:
    """`name` with spaces for hyphens and underscores, and a capital letter first."""
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def path_in_stack(scope: IConstruct) -> str:
    """The construct's path below its stack: the same whichever stage the stack stands in."""
    inside = scope.node.scopes[len(Stack.of(scope).node.scopes) :]
    return "/".join(construct.node.id for construct in inside)


def digest(*parts: str) -> str:
    """A short fingerprint of the parts, safe in every name."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:DIGEST_LENGTH]


def stack_hash() -> str:
    """A token: the first eight hex digits of the stack's UUID, which no other stack shares.

    The stack's name would not do: it is free again once the stack is deleted, while flow
    definitions and human loops of the deleted stack may still exist.
    """
    uuid = Fn.select(2, Fn.split("/", Aws.STACK_ID))
    return Fn.select(0, Fn.split("-", uuid))


def own_flow_definitions(scope: Construct) -> str:
    """A token: an ARN with wildcards for every flow definition that the stack has or had."""
    return Stack.of(scope).format_arn(
        service="sagemaker", resource="flow-definition", resource_name=f"*-{stack_hash()}-*"
    )
