"""Worker task templates of Amazon Augmented AI: read, check, render. No CDK, no boto3."""

from a2i_constructs.worker_template.bundled import bundled_template_names, bundled_template_path
from a2i_constructs.worker_template.findings import Finding, Severity
from a2i_constructs.worker_template.inputs import TemplateInputs
from a2i_constructs.worker_template.parsing import TemplateRenderError
from a2i_constructs.worker_template.template import TaskTemplate

__all__ = [
    "Finding",
    "Severity",
    "TaskTemplate",
    "TemplateInputs",
    "TemplateRenderError",
    "bundled_template_names",
    "bundled_template_path",
]
