"""Worker task templates of Amazon Augmented AI: read, check, render. No CDK, no boto3.

Names are loaded when they are first used: a command that only prints findings, or its own help,
does not wait for the Liquid engine.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from a2i_constructs.worker_template.bundled import (
        bundled_template_names,
        bundled_template_path,
    )
    from a2i_constructs.worker_template.findings import Finding, Severity
    from a2i_constructs.worker_template.inputs import TemplateInputs
    from a2i_constructs.worker_template.parsing import TemplateRenderError
    from a2i_constructs.worker_template.task_input import (
        TEMPLATE_SUFFIX,
        TaskInputError,
        read_task_input,
        sample_path,
        task_name,
    )
    from a2i_constructs.worker_template.template import TaskTemplate

_MODULE_OF = {
    "Finding": "findings",
    "Severity": "findings",
    "TEMPLATE_SUFFIX": "task_input",
    "TaskInputError": "task_input",
    "TaskTemplate": "template",
    "TemplateInputs": "inputs",
    "TemplateRenderError": "parsing",
    "bundled_template_names": "bundled",
    "bundled_template_path": "bundled",
    "read_task_input": "task_input",
    "sample_path": "task_input",
    "task_name": "task_input",
}

__all__ = [
    "TEMPLATE_SUFFIX",
    "Finding",
    "Severity",
    "TaskInputError",
    "TaskTemplate",
    "TemplateInputs",
    "TemplateRenderError",
    "bundled_template_names",
    "bundled_template_path",
    "read_task_input",
    "sample_path",
    "task_name",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module (PEP 562)."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    """List the public names before they are loaded."""
    return sorted({*globals(), *_MODULE_OF})
