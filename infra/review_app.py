"""Definition of the app's stack from its context, for app.py, tests and pipelines."""

from aws_cdk import App, Validations

from infra.review_stack import ReviewStack
from infra.settings_source import read_settings


def define_stack(app: App) -> ReviewStack:
    """Define the stack that the app's context describes. Raises SettingsError."""
    settings = read_settings(app.node.get_all_context())
    stack = ReviewStack(app, settings.stack_name, settings=settings)
    if settings.nag:
        # Imported only when used: it costs every other synthesis time.
        from cdk_nag import AwsSolutionsChecks  # noqa: PLC0415

        Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return stack
