"""Every policy statement of every mode, held to AWS's own service authorization reference."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App

from infra.review_app import define_stack
from tests.infra.iam_statements import Statement, statements
from tests.infra.synthesis import STACK_NAME, context
from tests.infra.test_workforce_modes import MODES


def template_of(settings: dict[str, Any], folder: Path) -> dict[str, Any]:
    app = App(context=context(**settings, nag=False), outdir=str(folder))
    define_stack(app)
    found: dict[str, Any] = app.synth().get_stack_by_name(STACK_NAME).template
    return found


@pytest.mark.parametrize("mode", MODES)
def test_aws_knows_every_action_on_its_resources_under_its_conditions(
    mode: str, tmp_path: Path
) -> None:
    found = list(statements(template_of(MODES[mode], tmp_path)))

    assert len(found) > 50
    assert [fault for each in found for fault in each.faults()] == []


def allow(*actions: str, on: str, when: tuple[str, ...] = ()) -> Iterator[str]:
    return Statement("It", actions, (on,), when, of_resource=False).faults()


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        (allow("sagemaker:StartLoop", on="*"), "no action is called sagemaker:StartLoop"),
        (allow("sagemaker:ListHumanLoops", on="arn:aws:sagemaker:a:1:human-loop/a"), "never asked"),
        (allow("s3:GetObject", on="arn:aws:s3:::a"), "never asked"),
        (allow("s3:GetObject", on="*", when=("s3:prefix",)), "without the condition key s3:prefix"),
    ],
)
def test_what_the_reference_does_not_know_is_a_fault(faults: Iterator[str], said: str) -> None:
    assert said in " ".join(faults)


def test_what_the_reference_knows_is_none() -> None:
    assert not list(allow("s3:ListBucket", on="arn:aws:s3:::a", when=("s3:prefix",)))
    assert not list(allow("s3:GetObject", on="arn:aws:s3:::a/*", when=("aws:SecureTransport",)))
