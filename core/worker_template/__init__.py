"""Worker task templates of Amazon Augmented AI: read, check, render. No CDK, no boto3."""

from worker_template.bundled import (
    bundled_template_names,
    bundled_template_path,
)
from worker_template.findings import Finding, Severity
from worker_template.inputs import TemplateInputs
from worker_template.parsing import TemplateRenderError
from worker_template.task_input import (
    TEMPLATE_SUFFIX,
    TaskInputError,
    read_task_input,
    sample_path,
    task_name,
)
from worker_template.template import TaskTemplate

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
