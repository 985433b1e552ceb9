"""Credentials, region, and what can be read of A2I's availability to the account."""

from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError

from a2i_cli.aws import AwsClients
from a2i_cli.aws_errors import LOCAL_AWS_HINT, explain
from a2i_cli.preflight_checks.findings import Finding, error, ok, warning
from a2i_core.regions import REGIONS


def check_credentials(clients: AwsClients) -> Finding:
    """Say who runs the command."""
    try:
        identity = clients.sts.get_caller_identity()
    except (BotoCoreError, ClientError) as refused:
        return error(
            "credentials",
            explain(refused),
            f"sign in to AWS and set AWS_PROFILE; {LOCAL_AWS_HINT}",
        )
    return ok("credentials", f"{identity['Arn']} in account {identity['Account']}")


def check_region(clients: AwsClients) -> Finding:
    """Say whether the region of the environment has A2I and its CloudFormation types."""
    region = clients.session.region_name
    allowed = ", ".join(REGIONS)
    if region is None:
        return error("region", "no region is set", f"set AWS_REGION to one of {allowed}")
    if region not in REGIONS:
        return error("region", f"{region} has no A2I", f"set AWS_REGION to one of {allowed}")
    return ok("region", f"{region} has A2I")


def check_a2i(clients: AwsClients) -> Iterator[Finding]:
    """Say what speaks for the account being an A2I customer; only StartHumanLoop knows."""
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
