"""Tags of all four kinds of resources."""

import pytest

from a2i_core.human_loops.errors import ValidationException
from a2i_local.testing import LocalA2I

PREFIX = "arn:aws:sagemaker:us-east-1:123456789012"
TAGGED = [
    f"{PREFIX}:workforce/default",
    f"{PREFIX}:workteam/private-crowd/reviewers",
    f"{PREFIX}:human-task-ui/review",
    f"{PREFIX}:flow-definition/review",
]


def _tags(a2i: LocalA2I, arn: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in a2i.call("ListTags", ResourceArn=arn)["Tags"]}


@pytest.mark.parametrize("arn", TAGGED)
def test_adds_replaces_and_deletes(still: LocalA2I, flow: str, arn: str) -> None:
    first = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    assert still.call("AddTags", ResourceArn=arn, Tags=first)["Tags"] == first
    still.call("AddTags", ResourceArn=arn, Tags=[{"Key": "a", "Value": "3"}])
    assert _tags(still, arn) == {"a": "3", "b": "2"}
    still.call("DeleteTags", ResourceArn=arn, TagKeys=["a", "absent"])
    assert _tags(still, arn) == {"b": "2"}


def test_tags_come_with_creation(still: LocalA2I) -> None:
    arn = still.call(
        "CreateHumanTaskUi",
        HumanTaskUiName="tagged",
        UiTemplate={"Content": "<crowd-form/>"},
        Tags=[{"Key": "team", "Value": "claims"}],
    )["HumanTaskUiArn"]
    assert _tags(still, arn) == {"team": "claims"}


@pytest.mark.parametrize(
    ("arn", "message"),
    [
        (f"{PREFIX}:flow-definition/missing", "does not exist"),
        (f"{PREFIX}:human-loop/loop", "Invalid resource type: human-loop"),
        (f"{PREFIX}:workteam/reviewers", "does not exist"),
        (
            "arn:aws:sagemaker:eu-west-1:123456789012:workforce/default",
            "ARN should be scoped to correct region: us-east-1",
        ),
    ],
)
def test_fails_on_what_cannot_be_tagged(still: LocalA2I, arn: str, message: str) -> None:
    with pytest.raises(ValidationException, match=message):
        still.call("ListTags", ResourceArn=arn)


@pytest.mark.parametrize(
    ("keys", "message"),
    [(["a", "a"], "Duplicate tag keys"), (["aws:x"], "reserved"), (["AWS:x"], "reserved")],
)
def test_fails_on_keys_that_cannot_be(still: LocalA2I, keys: list[str], message: str) -> None:
    tags = [{"Key": key, "Value": ""} for key in keys]
    with pytest.raises(ValidationException, match=message):
        still.call("AddTags", ResourceArn=TAGGED[0], Tags=tags)


def test_fails_beyond_50_tags(still: LocalA2I) -> None:
    still.call(
        "AddTags", ResourceArn=TAGGED[0], Tags=[{"Key": f"{n}", "Value": ""} for n in range(50)]
    )
    with pytest.raises(ValidationException, match="at most 50 tags"):
        still.call("AddTags", ResourceArn=TAGGED[0], Tags=[{"Key": "more", "Value": ""}])
    still.call("AddTags", ResourceArn=TAGGED[0], Tags=[{"Key": "1", "Value": "again"}])
