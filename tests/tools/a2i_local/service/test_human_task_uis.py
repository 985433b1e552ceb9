"""Worker task templates, and RenderUiTemplate."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from a2i_local.service import ServiceError
from a2i_local.service.errors import ResourceInUse, ResourceNotFound
from a2i_local.testing import LocalA2I

TEMPLATE = "<crowd-form>{{ task.input.text }}</crowd-form>"


def _create(a2i: LocalA2I, name: str = "ui", content: str = TEMPLATE) -> str:
    ui = a2i.call("CreateHumanTaskUi", HumanTaskUiName=name, UiTemplate={"Content": content})
    return str(ui["HumanTaskUiArn"])


def _render(a2i: LocalA2I, **parameters: Any) -> dict[str, Any]:
    request = {"Task": {"Input": '{"text": "a & b"}'}, "RoleArn": a2i.role_arn} | parameters
    return a2i.call("RenderUiTemplate", **request)


def test_describes_the_digest_but_not_the_content(still: LocalA2I) -> None:
    _create(still)
    described = still.call("DescribeHumanTaskUi", HumanTaskUiName="ui")
    digest = hashlib.sha256(TEMPLATE.encode()).hexdigest()
    assert described["UiTemplate"]["ContentSha256"] == digest
    assert TEMPLATE not in str(described)
    assert still.service.template(digest) == TEMPLATE


def test_a_name_is_taken_until_its_deletion_has_ended(still: LocalA2I) -> None:
    _create(still)
    still.call("DeleteHumanTaskUi", HumanTaskUiName="ui")
    described = still.call("DescribeHumanTaskUi", HumanTaskUiName="ui")
    assert described["HumanTaskUiStatus"] == "Deleting"
    with pytest.raises(ResourceInUse):
        _create(still)
    still.call("DeleteHumanTaskUi", HumanTaskUiName="ui")
    still.advance(timedelta(seconds=1))
    with pytest.raises(ResourceNotFound):
        still.call("DeleteHumanTaskUi", HumanTaskUiName="ui")
    _create(still)


def test_lists_by_creation(still: LocalA2I) -> None:
    for name in ("b", "a"):
        _create(still, name)
        still.advance(timedelta(seconds=1))
    listed = still.call("ListHumanTaskUis", SortOrder="Descending")["HumanTaskUiSummaries"]
    assert [ui["HumanTaskUiName"] for ui in listed] == ["a", "b"]


def test_renders_inline_and_by_arn(still: LocalA2I) -> None:
    expected = {"RenderedContent": "<crowd-form>a &amp; b</crowd-form>", "Errors": []}
    assert _render(still, UiTemplate={"Content": TEMPLATE}) == expected
    assert _render(still, HumanTaskUiArn=_create(still)) == expected


def test_rendering_faults_are_no_error_of_the_call(still: LocalA2I) -> None:
    broken = {"Content": "{{ task.input.text | grant_read_access }}"}
    rendered = _render(still, UiTemplate=broken)
    assert rendered["RenderedContent"] == ""
    (fault,) = rendered["Errors"]
    assert fault["Code"] == "InvalidParameters"
    assert "is not a valid S3 URI" in fault["Message"]


def test_granted_objects_are_linked_on_the_portals_origin(still: LocalA2I) -> None:
    template = {"Content": "{{ task.input.uri | grant_read_access }}"}
    task = {"Input": '{"uri": "s3://bucket/key"}'}
    rendered = _render(still, UiTemplate=template, Task=task)
    origin = still.service.settings.portal_origin
    assert rendered["RenderedContent"].startswith(f"{origin}/_a2i/s3/")


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "ValidationException"),
        (
            {"UiTemplate": {"Content": "x"}, "RoleArn": "arn:aws:iam::123456789012:role/other"},
            "ValidationException",
        ),
        ({"UiTemplate": {"Content": "x"}, "Task": {"Input": "no"}}, "ValidationException"),
        ({"UiTemplate": {"Content": "x"}, "Task": {"Input": "[]"}}, "ValidationException"),
        (
            {"HumanTaskUiArn": "arn:aws:sagemaker:us-east-1:123456789012:human-task-ui/missing"},
            "ResourceNotFound",
        ),
    ],
)
def test_fails_to_render_what_is_not_there(
    still: LocalA2I, parameters: dict[str, Any], code: str
) -> None:
    with pytest.raises(ServiceError) as caught:
        _render(still, **parameters)
    assert caught.value.code == code
