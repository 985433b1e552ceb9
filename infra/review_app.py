"""From context to stack: what app.py does, and what tests and pipelines reuse."""

from aws_cdk import App

from infra.review_stack import ReviewStack
from infra.settings_source import read_settings


def define_stack(app: App) -> ReviewStack:
    """Define the stack that the app's context describes. Raises SettingsError."""
    settings = read_settings(app.node.get_all_context())
    return ReviewStack(app, settings.stack_name, settings=settings)
