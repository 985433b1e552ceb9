"""Runs all preflight checks; those of credentials, region and A2I are defined here."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from a2i_cli.aws import AwsClients
from a2i_cli.aws_errors import LOCAL_AWS_HINT, explain
from a2i_cli.deployed.deployment import Deployment, look_for_deployment
from a2i_cli.preflight_checks.findings import Finding, Severity, error, guarded, ok, warning
from a2i_cli.preflight_checks.sign_in import check_sign_in
from a2i_cli.preflight_checks.storage import check_bucket_region, check_cors, check_key
from a2i_cli.preflight_checks.workforce import (
    check_workforce,
    check_workforce_of_own_app,
    own_workforces,
)
from a2i_cli.project import OWN_CONSTRUCTS
from a2i_core.regions import REGIONS


def check_credentials(clients: AwsClients) -> Finding:
    """Check that the credentials work, and report whose they are."""
    try:
        identity = clients.sts.get_caller_identity()
    except (BotoCoreError, ClientError) as refused:
        return error(
            "credentials",
            explain(refused),
            f"sign in to AWS and set AWS_PROFILE; {LOCAL_AWS_HINT}",
        )
    return ok("credentials", f"{identity['Arn']} in account {identity['Account']}")


def check_region(clients: AwsClients, *, needs_a2i: bool = True) -> Finding:
    """Check that a region is set and, if the stack needs it, has A2I's CloudFormation types."""
    region = clients.session.region_name
    if region is not None and not needs_a2i:
        return ok("region", region)
    allowed = ", ".join(REGIONS)
    if region is None:
        return error("region", "no region is set", f"set AWS_REGION to one of {allowed}")
    if region not in REGIONS:
        return error("region", f"{region} has no A2I", f"set AWS_REGION to one of {allowed}")
    return ok("region", f"{region} has A2I")


def check_bootstrap(clients: AwsClients, qualifier: str) -> Iterator[Finding]:
    """Check that `cdk bootstrap` has prepared account and region for deployments."""
    region = clients.session.region_name
    found = clients.ssm.get_parameters(Names=[f"/cdk-bootstrap/{qualifier}/version"])
    if found["Parameters"]:
        version = found["Parameters"][0]["Value"]
        yield ok("CDK bootstrap", f"{region} has version {version} with qualifier {qualifier}")
        return
    yield error(
        "CDK bootstrap",
        f"{region} of this account has none with qualifier {qualifier}, so nothing can be deployed",
        "run make bootstrap once, or cdk bootstrap in a project of your own",
    )


def check_a2i(clients: AwsClients) -> Iterator[Finding]:
    """Look for signs that the account is an A2I customer; only StartHumanLoop proves it."""
    found = clients.sagemaker.list_flow_definitions(MaxResults=1)["FlowDefinitionSummaries"]
    if found:
        yield ok("A2I", "the account has flow definitions already")
        return
    yield warning(
        "A2I",
        "the account has no flow definitions in this region, and A2I takes no new customers since"
        " July 2026",
        "make sure that the account has used A2I before; AWS Support can tell",
    )


def run_checks(
    clients: AwsClients, settings: Mapping[str, Any] | None, stack_name: str, *, qualifier: str
) -> Iterator[Finding]:
    """Yield every finding; without credentials or a region the rest cannot be checked.

    Args:
        clients: Clients for the account and region to deploy to.
        settings: Context `a2i` of cdk.json; None for an app of one's own, of which only what is
            deployed is known.
        stack_name: The app's stack; its buckets are checked where it is deployed.
        qualifier: That of the CDK bootstrap.
    """
    needs_a2i = settings is not None and "a2i" in _backends(settings, None)
    for finding in (check_region(clients, needs_a2i=needs_a2i), check_credentials(clients)):
        yield finding
        if finding.severity is Severity.ERROR:
            return
    yield from guarded("CDK bootstrap", partial(check_bootstrap, clients, qualifier))
    deployment = look_for_deployment(clients, stack_name)
    uses_a2i = "a2i" in _backends(settings, deployment)
    if uses_a2i:
        if settings is None:  # only what is deployed says so
            yield check_region(clients)
        yield from guarded("A2I", partial(check_a2i, clients))
    else:
        yield ok("A2I", "not needed: the human loops live in the account")
    yield _check_stack(clients, stack_name, deployment)
    wanted = settings or {}
    if uses_a2i:
        yield from guarded("workforce", partial(_check_workforce, clients, settings, deployment))
        if wanted.get("workforce", {}).get("mode") != "workteam":
            sign_in = partial(check_sign_in, clients.sagemaker, clients.cognito, clients.lambda_)
            yield from guarded("sign-in", sign_in)
    key_arn = wanted.get("data", {}).get("kmsKeyArn")
    if key_arn:
        has_events = bool(wanted.get("requests", {}).get("eventSources"))
        check = partial(check_key, clients.kms, key_arn, has_events=has_events)
        yield from guarded("key", check)
    if deployment is not None:
        yield from _check_buckets(clients, deployment)


def _backends(settings: Mapping[str, Any] | None, deployment: Deployment | None) -> list[str]:
    """Return where human loops live, as the settings say, or else as the deployed stack does."""
    if settings is not None:
        backend = settings.get("backend", {})
        return [backend.get("mode", "a2i"), *backend.get("drain", [])]
    deployed = deployment.parameters.get("backends") if deployment else None
    return (deployed or "a2i").split(",")


def _check_stack(clients: AwsClients, name: str, deployment: Deployment | None) -> Finding:
    where = f"in {clients.session.region_name}"
    if deployment is None:
        return ok("stack", f"{name} is not deployed {where} yet, so its buckets are not checked")
    return ok("stack", f"{name} is deployed {where}")


def _check_workforce(
    clients: AwsClients, settings: Mapping[str, Any] | None, deployment: Deployment | None
) -> Iterator[Finding]:
    own = own_workforces(clients.cloudformation, deployment.stack_name) if deployment else None
    if settings is None or settings.get("workforce", {}).get("mode") == OWN_CONSTRUCTS:
        yield from check_workforce_of_own_app(clients.sagemaker, own)
    else:
        yield from check_workforce(clients.sagemaker, settings.get("workforce", {}), own or ())


def _check_buckets(clients: AwsClients, deployment: Deployment) -> Iterator[Finding]:
    for bucket in dict.fromkeys((deployment.input_bucket, deployment.output_bucket)):
        yield from guarded("bucket region", partial(check_bucket_region, clients.s3, bucket))
    yield from guarded("bucket CORS", partial(check_cors, clients.s3, deployment.input_bucket))
