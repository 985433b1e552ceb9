"""WorkerTaskTemplate and HumanTaskUi: checked before they deploy, new name for new text."""

from pathlib import Path

import aws_cdk.cloud_assembly_schema  # noqa: F401  # jsii knows annotations' type only then
import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Annotations, Match

from a2i_constructs import HumanTaskUi, WorkerTaskTemplate, WorkerTaskTemplateError
from tests.constructs.review_stacks import CONTENT, new_stack, properties, tone_template, two_flows

BROKEN = CONTENT.replace("{{ task.input.text }}", "{{ task.input.text")


def test_a_broken_template_stops_synthesis_with_place_and_rule(tmp_path: Path) -> None:
    file = tmp_path / "broken.liquid.html"
    file.write_text(BROKEN)
    template = WorkerTaskTemplate.from_file(file)
    with pytest.raises(WorkerTaskTemplateError, match=r"broken\.liquid\.html:\d+:\d+: .+ \(.+\)"):
        HumanTaskUi(Stack(), "Ui", template=template)


def test_a_sample_that_does_not_render_stops_synthesis(tmp_path: Path) -> None:
    file = tmp_path / "tone.liquid.html"
    file.write_text(CONTENT.replace("task.input.text", "task.input.text | grant_read_access"))
    (tmp_path / "tone.sample.json").write_text('{"text": "not in S3"}')
    with pytest.raises(WorkerTaskTemplateError, match="not in S3"):
        HumanTaskUi(Stack(), "Ui", template=WorkerTaskTemplate.from_file(file))


def test_warnings_are_annotations_that_can_be_acknowledged() -> None:
    warned = CONTENT.replace(
        "{{ task.input.text }}", "<img src='{{ task.input.text | s3_presign }}' alt='page'>"
    )
    template = WorkerTaskTemplate.from_inline(warned, sample_input={"text": "s3://bucket/key"})
    stack = new_stack()
    HumanTaskUi(stack, "Ui", template=template)
    found = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp("a2i:"))
    assert found


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: WorkerTaskTemplate.from_file("nowhere.html"), "'nowhere.html' does not exist"),
        (lambda: WorkerTaskTemplate.from_bundled("unknown"), "'unknown'"),
    ],
)
def test_fails_for_a_template_that_is_not_there(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("text", ["", "x" * 128_001])
def test_fails_for_a_text_that_the_service_does_not_take(text: str) -> None:
    with pytest.raises(WorkerTaskTemplateError, match="must have 1 to 128000 characters, got"):
        WorkerTaskTemplate.from_inline(text).bind(Stack())


@pytest.mark.parametrize(
    ("sample", "message"), [("{", "is not JSON"), ("[1]", "not a JSON object")]
)
def test_fails_for_a_sample_that_is_no_input(tmp_path: Path, sample: str, message: str) -> None:
    file = tmp_path / "tone.liquid.html"
    file.write_text(CONTENT)
    (tmp_path / "tone.sample.json").write_text(sample)
    with pytest.raises(WorkerTaskTemplateError, match=message):
        WorkerTaskTemplate.from_file(file)


def test_required_inputs_are_the_names_at_the_top_level() -> None:
    text = CONTENT.replace(
        "{{ task.input.text }}",
        "{{ task.input.page.title }}{{ task.input.page.text }}{{ task.input.note | default: '' }}",
    )
    assert WorkerTaskTemplate.from_inline(text).required_inputs == ("page",)


def test_the_ready_template_deploys_as_it_stands() -> None:
    template = WorkerTaskTemplate.from_bundled("sentiment_review")
    assert template.bind(Stack()) == template.content
    assert template.required_inputs


def test_the_name_changes_with_the_text_and_nothing_else() -> None:
    assert _ui_name("Ui", CONTENT) == _ui_name("Ui", CONTENT)
    assert _ui_name("Ui", CONTENT) != _ui_name("Ui", CONTENT + " ")


def test_two_uis_with_one_text_have_two_names() -> None:
    names = [
        str(ui["HumanTaskUiName"]) for ui in properties(two_flows(), "AWS::SageMaker::HumanTaskUi")
    ]
    assert len(set(names)) == 2


def test_long_paths_keep_the_name_within_the_limit() -> None:
    stack = Stack(App(), "Review")
    ui = HumanTaskUi(stack, "A" * 200, template=tone_template())
    text = "".join(
        part if isinstance(part, str) else "12345678"
        for part in stack.resolve(ui.human_task_ui_name)["Fn::Join"][1]
    )
    assert len(text) <= 63


def test_an_imported_ui_knows_its_name() -> None:
    arn = "arn:aws:sagemaker:eu-west-1:111122223333:human-task-ui/elsewhere"
    ui = HumanTaskUi.from_human_task_ui_arn(Stack(), "Ui", arn)
    assert ui.human_task_ui_arn == arn
    assert ui.human_task_ui_name == "elsewhere"


def _ui_name(construct_id: str, content: str) -> str:
    stack = new_stack()
    template = WorkerTaskTemplate.from_inline(content, sample_input={"text": "Fine."})
    ui = HumanTaskUi(stack, construct_id, template=template)
    return str(stack.resolve(ui.human_task_ui_name))
