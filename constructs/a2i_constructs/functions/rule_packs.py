"""Acknowledgements of what cdk-nag's compliance packs and checkov find in several constructs."""

from collections.abc import Iterable
from dataclasses import dataclass

from aws_cdk import Acknowledgment, CfnResource, Validations
from constructs import IConstruct

PACKS = ("HIPAA.Security", "NIST.800.53.R5", "PCI.DSS.321")
"""Packs of cdk-nag that ask the same question under the same name; not each pack asks each."""


@dataclass(frozen=True)
class PackRule:
    """One question of the rule packs.

    Attributes:
        name: Rule of cdk-nag's packs, without the pack. None: only checkov asks.
        check: Check of checkov. None: only cdk-nag asks.
        resource_type: Type of the resources that checkov asks about.
    """

    name: str | None = None
    check: str | None = None
    resource_type: str | None = None


_FUNCTION = "AWS::Lambda::Function"
FUNCTION_IN_VPC = PackRule("LambdaInsideVPC", "CKV_AWS_117", _FUNCTION)
RESERVED_CONCURRENCY = PackRule("LambdaConcurrency", "CKV_AWS_115", _FUNCTION)
FUNCTION_DEAD_LETTERS = PackRule("LambdaDLQ", "CKV_AWS_116", _FUNCTION)
ENVIRONMENT_KEY = PackRule(check="CKV_AWS_173", resource_type=_FUNCTION)
LOG_KEY = PackRule("CloudWatchLogGroupEncrypted", "CKV_AWS_158", "AWS::Logs::LogGroup")
INLINE_POLICY = PackRule("IAMNoInlinePolicy")
BUCKET_REPLICATION = PackRule("S3BucketReplicationEnabled")
BUCKET_KEY = PackRule("S3DefaultEncryptionKMS")
BUCKET_ACCESS_LOGS = PackRule(check="CKV_AWS_18", resource_type="AWS::S3::Bucket")
TABLE_BACKUP_PLAN = PackRule("DynamoDBInBackupPlan")


def acknowledge_rule(construct: IConstruct, rule: PackRule, *, because: str) -> None:
    """Let the findings of a rule stand on a construct and what is inside it by now.

    cdk-nag reads the reason from the construct tree, checkov from the template: `Metadata.checkov`
    of each resource.
    """
    if rule.name:
        Validations.of(construct).acknowledge(
            *(Acknowledgment(id=f"{pack}-{rule.name}", reason=because) for pack in PACKS)
        )
    if rule.check:
        for resource in _resources(construct, rule.resource_type):
            known = (resource.cfn_options.metadata or {}).get("checkov", {"skip": []})
            skips = [*known["skip"], {"id": rule.check, "comment": because}]
            resource.add_metadata("checkov", {"skip": skips})


def acknowledge_inline_policy(construct: IConstruct) -> None:
    """Let the policies stand that grants make for the roles inside a construct."""
    acknowledge_rule(
        construct,
        INLINE_POLICY,
        because="grants to one role: they belong to nobody else and go with the role",
    )


def acknowledge_function(construct: IConstruct, *, no_dead_letters: str | None) -> None:
    """Let stand what holds for each function of the library.

    `no_dead_letters`: where its failed calls go instead; None for a function that has a queue.
    """
    if no_dead_letters:
        acknowledge_rule(construct, FUNCTION_DEAD_LETTERS, because=no_dead_letters)
    acknowledge_rule(
        construct,
        FUNCTION_IN_VPC,
        because="it calls AWS's own endpoints alone, over TLS, and nothing calls it but AWS",
    )
    acknowledge_rule(
        construct,
        RESERVED_CONCURRENCY,
        because="a reserved share would be taken from every other function of the account",
    )
    acknowledge_rule(
        construct,
        ENVIRONMENT_KEY,
        because="names, ARNs and limits, no secrets; Lambda encrypts them with a key of its own",
    )


def _resources(construct: IConstruct, resource_type: str | None) -> Iterable[CfnResource]:
    for inside in construct.node.find_all():
        if isinstance(inside, CfnResource) and inside.cfn_resource_type == resource_type:
            yield inside
