"""Bootstrap resources that a cloud assembly expects."""

from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3_assets as s3_assets
from aws_cdk import aws_sqs as sqs

from a2i_local.cdk_bootstrap import Bootstrap, bootstrap_of, create_bootstrap, default_bootstrap
from a2i_local.host import LocalAws
from a2i_local.host.clients import make_client

ACCOUNT = "123456789012"
REGION = "us-east-1"


def synth(folder: Path, synthesizer: cdk.IStackSynthesizer | None = None) -> Path:
    app = cdk.App(outdir=str(folder))
    stack = cdk.Stack(app, "Stack", synthesizer=synthesizer)
    sqs.Queue(stack, "Queue")
    app.synth()
    return folder


def test_the_default_synthesizer_expects_the_default_names(tmp_path: Path) -> None:
    found = bootstrap_of(synth(tmp_path), account=ACCOUNT, region=REGION)

    assert found == default_bootstrap(ACCOUNT, REGION)


def test_a_qualifier_is_in_every_name(tmp_path: Path) -> None:
    assembly = synth(tmp_path, cdk.DefaultStackSynthesizer(qualifier="reviews"))

    assert bootstrap_of(assembly, account=ACCOUNT, region=REGION) == Bootstrap(
        version_parameters=frozenset({"/cdk-bootstrap/reviews/version"}),
        buckets=frozenset({"cdk-reviews-assets-123456789012-us-east-1"}),
    )


def test_a_bucket_may_have_a_name_of_its_own(tmp_path: Path) -> None:
    synthesizer = cdk.DefaultStackSynthesizer(file_assets_bucket_name="our-${AWS::Region}-assets")

    found = bootstrap_of(synth(tmp_path, synthesizer), account=ACCOUNT, region=REGION)

    assert found.buckets == {"our-us-east-1-assets"}


def test_stacks_in_stages_count(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path))
    stage = cdk.Stage(app, "Stage")
    synthesizer = cdk.DefaultStackSynthesizer(qualifier="staged")
    stack = cdk.Stack(stage, "Stack", synthesizer=synthesizer)
    s3_assets.Asset(stack, "Asset", path=__file__)
    app.synth()

    found = bootstrap_of(tmp_path, account=ACCOUNT, region=REGION)

    assert found.version_parameters == {"/cdk-bootstrap/staged/version"}


@pytest.mark.local_aws
@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_provides_what_is_missing_and_keeps_what_is_there(
    region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", region)
    expected = default_bootstrap(ACCOUNT, region)
    (parameter,), (bucket,) = expected.version_parameters, expected.buckets
    with LocalAws.start() as aws:
        create_bootstrap(expected, aws.environment)
        s3 = make_client("s3", aws.environment)
        s3.put_object(Bucket=bucket, Key="asset", Body=b"")

        create_bootstrap(expected, aws.environment)

        found = make_client("ssm", aws.environment).get_parameter(Name=parameter)
        assert found["Parameter"]["Value"] == "31"
        assert s3.head_object(Bucket=bucket, Key="asset")
