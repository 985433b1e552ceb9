"""The worker task template as A2I keeps it."""

from abc import abstractmethod
from typing import Protocol

from aws_cdk import Fn, Resource
from constructs import Construct

from a2i_constructs.backends.review_backend import ReviewBackend
from a2i_constructs.flow.worker_task_template import WorkerTaskTemplate
from a2i_constructs.functions.names import digest, path_in_stack, slug, stack_hash


class IHumanTaskUi(Protocol):
    """A task UI, defined here or elsewhere."""

    @property
    def human_task_ui_arn(self) -> str:
        """The ARN of the UI."""

    @property
    def human_task_ui_name(self) -> str:
        """The name of the UI."""


class HumanTaskUiBase(Resource):
    """Attributes that defined and imported human task UIs share."""

    @property
    @abstractmethod
    def human_task_ui_arn(self) -> str:
        """The ARN of the UI."""

    @property
    @abstractmethod
    def human_task_ui_name(self) -> str:
        """The name of the UI."""


class HumanTaskUi(HumanTaskUiBase):
    """A task UI made from a template.

    A2I cannot change one, so a changed template is a new UI: its name carries a digest of the
    text, and CloudFormation removes the old one once the flow definition uses the new one.
    Human loops that exist by then keep the old text to their end.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, template: WorkerTaskTemplate
    ) -> None:
        """Define the UI of `template`; raises WorkerTaskTemplateError when it has errors."""
        super().__init__(scope, construct_id)
        backend = ReviewBackend.of(self)
        backend.check_region(self)
        path = path_in_stack(self)
        content = template.bind(self)
        self._name = f"{slug(path)}-{stack_hash()}-{digest(path, content)}"
        self._arn = backend.make_human_task_ui(self, name=self._name, content=content)

    @classmethod
    def from_human_task_ui_arn(
        cls, scope: Construct, construct_id: str, human_task_ui_arn: str
    ) -> IHumanTaskUi:
        """Use a task UI that exists, by `human_task_ui_arn`."""
        return _ImportedHumanTaskUi(scope, construct_id, human_task_ui_arn)

    @property
    def human_task_ui_arn(self) -> str:
        """The ARN of the UI; a token."""
        return self._arn

    @property
    def human_task_ui_name(self) -> str:
        """The name of the UI; a token."""
        return self._name


class _ImportedHumanTaskUi(HumanTaskUiBase):
    def __init__(self, scope: Construct, construct_id: str, human_task_ui_arn: str) -> None:
        super().__init__(scope, construct_id, environment_from_arn=human_task_ui_arn)
        self._arn = human_task_ui_arn

    @property
    def human_task_ui_arn(self) -> str:
        return self._arn

    @property
    def human_task_ui_name(self) -> str:
        return Fn.select(1, Fn.split("/", self._arn))
