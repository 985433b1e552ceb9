"""ReviewRuntime: one per stack, its flow role, former keys and buckets, injected parts, hooks."""

from collections.abc import Mapping
from typing import Any

import pytest
from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template

from a2i_constructs import HumanReviewWorkflow, ReviewBuckets, ReviewLedger, ReviewRuntime, Workteam
from tests.constructs.review_stacks import TEAM_ARN, new_stack, properties, tone_template

FORMER_KEY = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f"
FORMER_BUCKET = "arn:aws:s3:::former"
THEIR_ROLE = "arn:aws:iam::111122223333:role/theirs"


def test_a_stack_has_one_that_is_made_at_its_first_use() -> None:
    stack = new_stack()
    assert ReviewRuntime.of(stack) is ReviewRuntime.of(ReviewRuntime.of(stack).starter)
    assert ReviewRuntime.of(new_stack()) is not ReviewRuntime.of(stack)


def test_fails_for_a_second_one_in_a_stack() -> None:
    stack = new_stack()
    ReviewRuntime(stack, "First")
    with pytest.raises(ValueError, match="already has a review runtime at 'Review/First'"):
        ReviewRuntime(stack, "Second")


def test_every_hook_makes_the_part_it_is_named_for() -> None:
    runtime = ReviewRuntime(Stack(), "Runtime")
    for hook in {name for name in vars(ReviewRuntime) if name.startswith("_make_")}:
        assert getattr(runtime, hook.removeprefix("_make_")) is not None
        assert str(getattr(ReviewRuntime, hook).__doc__).startswith("Hook: ")


def test_a_hook_changes_one_part_and_leaves_the_rest() -> None:
    class ShortLived(ReviewRuntime):
        def _make_ledger(
            self, key: kms.IKey, retention: Duration | None, removal_policy: RemovalPolicy
        ) -> ReviewLedger:
            return super()._make_ledger(key, retention, RemovalPolicy.DESTROY)

    stack = new_stack()
    ShortLived(stack, "Runtime")
    template = Template.from_stack(stack)
    [ledger] = template.find_resources("AWS::DynamoDB::Table").values()
    assert ledger["DeletionPolicy"] == "Delete"
    [key] = template.find_resources("AWS::KMS::Key").values()
    assert key["DeletionPolicy"] == "RetainExceptOnCreate"


def test_injected_parts_are_used_as_they_are() -> None:
    stack = new_stack()
    key = kms.Key.from_key_arn(stack, "Key", FORMER_KEY)
    buckets = ReviewBuckets(stack, "Buckets", key=key)
    ledger = ReviewLedger(stack, "Ledger", key=key)
    runtime = ReviewRuntime(stack, "Runtime", buckets=buckets, ledger=ledger)
    assert (runtime.key, runtime.buckets, runtime.ledger) == (key, buckets, ledger)
    template = Template.from_stack(stack)
    template.resource_count_is("AWS::KMS::Key", 0)
    template.resource_count_is("AWS::S3::Bucket", 3)
    template.resource_count_is("AWS::DynamoDB::Table", 1)


def test_the_flow_role_reads_the_input_and_writes_answers_and_no_more() -> None:
    stack = new_stack()
    runtime = ReviewRuntime(stack, "Runtime")
    buckets = runtime.buckets
    assert _may(stack, "RuntimeFlowRole") == _resolved(
        stack,
        {
            "s3:GetBucketLocation": [buckets.input.bucket_arn, buckets.output.bucket_arn],
            "s3:GetObject": [buckets.input.arn_for_objects("*")],
            "s3:PutObject": [buckets.output.arn_for_objects("reviews/*")],
            "kms:Decrypt": [runtime.key.key_arn],
            "kms:DescribeKey": [runtime.key.key_arn],
            "kms:Encrypt": [runtime.key.key_arn],
            "kms:GenerateDataKey*": [runtime.key.key_arn],
            "kms:ReEncrypt*": [runtime.key.key_arn],
        },
    )
    prefixes = ("human-loops/*", "manifests/*", "requests/*")
    assert _may(stack, "RuntimeFlowRole", effect="Deny") == _resolved(
        stack, {"s3:GetObject": [buckets.input.arn_for_objects(each) for each in prefixes]}
    )


def test_a_role_that_is_passed_in_may_do_the_same_and_the_own_one_stays() -> None:
    stack = new_stack()
    role = iam.Role(stack, "Theirs", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
    runtime = ReviewRuntime(stack, "Runtime", flow_role=role)
    runtime.grant_read_access(s3.Bucket.from_bucket_arn(stack, "More", FORMER_BUCKET))
    team = Workteam.from_workteam_arn(stack, "Team", TEAM_ARN)
    HumanReviewWorkflow(stack, "Tone", template=tone_template(), workteam=team)
    [flow] = properties(Template.from_stack(stack), "Custom::A2IFlowDefinition")
    assert flow["RoleArn"] == stack.resolve(role.role_arn)
    assert _may(stack, "Theirs") == _may(stack, "RuntimeFlowRole")
    assert f"{FORMER_BUCKET}/*" in _may(stack, "Theirs")["s3:GetObject"]


def test_a_changed_task_template_or_flow_leaves_the_flow_role_alone() -> None:
    def role(*flows: str) -> Mapping[str, Any]:
        stack = new_stack()
        team = Workteam.from_workteam_arn(stack, "Team", TEAM_ARN)
        for name in flows:
            HumanReviewWorkflow(stack, name, template=tone_template(), workteam=team)
        template = Template.from_stack(stack)
        roles = template.find_resources("AWS::IAM::Role")
        return {name: roles[name] for name in roles if "FlowRole" in name}

    assert role("Tone") == role("Mood", "Other")
    assert len(role("Tone")) == 1


def test_former_keys_and_buckets_stay_readable_and_no_other_key_does() -> None:
    stack = new_stack()
    former = s3.Bucket.from_bucket_arn(stack, "Former", FORMER_BUCKET)
    key = kms.Key.from_key_arn(stack, "FormerKey", FORMER_KEY)
    ReviewRuntime(stack, "Runtime", former_keys=[key], former_buckets=[former])

    flow_role = _may(stack, "RuntimeFlowRole")
    assert FORMER_KEY in flow_role["kms:GenerateDataKey*"]
    assert f"{FORMER_BUCKET}/*" in flow_role["s3:GetObject"]
    assert f"{FORMER_BUCKET}/reviews/*" in flow_role["s3:PutObject"]
    for holder, prefixes in (
        ("RuntimeStarterFunction", ["requests/*", "results/*"]),
        ("RuntimeResultsFunction", ["requests/*", "results/*", "reviews/*"]),
    ):
        may = _may(stack, holder)
        read = [arn for arn in may["s3:GetObject"] if str(arn).startswith(FORMER_BUCKET)]
        assert sorted(read) == [f"{FORMER_BUCKET}/{prefix}" for prefix in prefixes]
        assert FORMER_BUCKET not in str(may["s3:PutObject"])
        assert FORMER_KEY in may["kms:Decrypt"]
        assert FORMER_KEY not in may["kms:GenerateDataKey"]
    assert FORMER_KEY in _may(stack, "RuntimeReconcilerFunction")["kms:Decrypt"]
    variables = [
        function["Environment"]["Variables"]
        for function in properties(Template.from_stack(stack), "AWS::Lambda::Function")
        if function["Handler"].startswith(("starter.", "results."))
    ]
    assert [each["A2I_FORMER_BUCKETS"] for each in variables] == ["former", "former"]


def test_reviewers_may_see_objects_of_another_bucket() -> None:
    stack = new_stack()
    photos = s3.Bucket(stack, "Photos", encryption=s3.BucketEncryption.KMS)
    runtime = ReviewRuntime(stack, "Runtime")
    runtime.grant_read_access(photos, "claims/")
    may = _may(stack, "RuntimeFlowRole")
    assert stack.resolve(photos.arn_for_objects("claims/*")) in may["s3:GetObject"]
    assert photos.encryption_key is not None
    assert stack.resolve(photos.encryption_key.key_arn) in may["kms:Decrypt"]


def _may(stack: Stack, role: str, *, effect: str = "Allow") -> dict[str, list[Any]]:
    """Actions, and on what, that the role whose logical id begins so may do."""
    found: dict[str, list[Any]] = {}
    for policy in properties(Template.from_stack(stack), "AWS::IAM::Policy"):
        if not policy["Roles"][0]["Ref"].startswith(role):
            continue
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] != effect:
                continue
            for action in _list(statement["Action"]):
                found.setdefault(action, []).extend(_list(statement["Resource"]))
    return found


def _resolved(stack: Stack, may: dict[str, list[str]]) -> dict[str, list[Any]]:
    return {action: [stack.resolve(arn) for arn in arns] for action, arns in may.items()}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize(("days", "is_kept_long_enough"), [(10, False), (11, False), (12, True)])
def test_fails_when_requests_are_kept_for_less_time_than_a_review_can_last(
    days: int, *, is_kept_long_enough: bool
) -> None:
    stack = new_stack()
    runtime = ReviewRuntime(stack, "Runtime", answer_retention=Duration.days(days))

    def add_flow() -> None:
        """One day in the queue, ten available, one hour in a reviewer's hands."""
        HumanReviewWorkflow(
            stack,
            "Tone",
            template=tone_template(),
            workteam=Workteam.from_workteam_arn(stack, "Team", TEAM_ARN),
            runtime=runtime,
            task_availability=Duration.days(10),
            task_time_limit=Duration.hours(1),
        )

    if is_kept_long_enough:
        add_flow()
    else:
        with pytest.raises(ValueError, match=f"at least 12 days for flow 'tone', got {days}"):
            add_flow()
