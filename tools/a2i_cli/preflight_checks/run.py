"""Runs all checks in order, each on its own."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from a2i_cli.aws import AwsClients
from a2i_cli.deployed.deployment import Deployment, look_for_deployment
from a2i_cli.preflight_checks.account import check_a2i, check_credentials, check_region
from a2i_cli.preflight_checks.findings import Finding, Severity, guarded
from a2i_cli.preflight_checks.storage import check_bucket_region, check_cors, check_key
from a2i_cli.preflight_checks.workforce import check_workforce, own_workforces

DEFAULT_STACK_NAME = "HumanReview"


def run_checks(clients: AwsClients, settings: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield every finding; without credentials or a region the rest cannot be checked.

    The buckets are checked where the stack of the settings is deployed.
    """
    for finding in (check_region(clients), check_credentials(clients)):
        yield finding
        if finding.severity is Severity.ERROR:
            return
    yield from guarded("A2I", partial(check_a2i, clients))
    wanted = settings.get("workforce", {})
    deployment = look_for_deployment(clients, settings.get("stackName", DEFAULT_STACK_NAME))
    yield from guarded("workforce", partial(_check_workforce, clients, wanted, deployment))
    key_arn = settings.get("data", {}).get("kmsKeyArn")
    if key_arn:
        has_events = bool(settings.get("requests", {}).get("eventSources"))
        check = partial(check_key, clients.kms, key_arn, has_events=has_events)
        yield from guarded("key", check)
    if deployment is not None:
        yield from _check_buckets(clients, deployment)


def _check_workforce(
    clients: AwsClients, wanted: Mapping[str, Any], deployment: Deployment | None
) -> Iterator[Finding]:
    own = own_workforces(clients.cloudformation, deployment.stack_name) if deployment else ()
    yield from check_workforce(clients.sagemaker, wanted, own)


def _check_buckets(clients: AwsClients, deployment: Deployment) -> Iterator[Finding]:
    for bucket in dict.fromkeys((deployment.input_bucket, deployment.output_bucket)):
        yield from guarded("bucket region", partial(check_bucket_region, clients.s3, bucket))
    yield from guarded("bucket CORS", partial(check_cors, clients.s3, deployment.input_bucket))
