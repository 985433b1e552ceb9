"""cdk-nag's AwsSolutions rules over the stack."""

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from a2i_constructs.nag import acknowledge_findings


def check_with_nag(app: App) -> None:
    """Make synthesis fail on findings that the library does not acknowledge with a reason."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    acknowledge_findings(app)
