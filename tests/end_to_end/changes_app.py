"""The project's stack with parts passed in that no setting names: `python -m` this, as an app."""

import json
from pathlib import Path
from typing import Any

from aws_cdk import App
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from a2i_constructs import ReviewBuckets, ReviewRuntime
from a2i_constructs.storage.review_buckets import BucketProps
from infra.review_stack import ReviewStack
from infra.reviewers import REMOVAL
from infra.settings import ReviewSettings
from infra.settings_source import read_settings

CDK_JSON = Path(__file__).parents[2] / "cdk.json"


class ChangedRuntime(ReviewRuntime):
    """Buckets of the operator's own, where the context names some."""

    def _make_buckets(self, props: BucketProps) -> ReviewBuckets:
        own: dict[str, Any] = {
            f"{kind}_bucket": s3.Bucket.from_bucket_name(self, f"Own-{kind}", name)
            for kind in ("input", "output")
            if (name := self.node.try_get_context(f"change.{kind}Bucket"))
        }
        return ReviewBuckets(self, "Buckets", **{**props, **own})


class ChangedStack(ReviewStack):
    """The stack over a runtime with such parts."""

    def _make_runtime(self, settings: ReviewSettings) -> ReviewRuntime:
        data, context = settings.data, self.node.try_get_context
        role, read_access = context("change.flowRole"), context("change.readAccess")
        runtime = ChangedRuntime(
            self,
            ReviewRuntime.CONSTRUCT_ID,
            key=kms.Key.from_key_arn(self, "Key", data.kms_key_arn) if data.kms_key_arn else None,
            former_keys=[
                kms.Key.from_key_arn(self, f"FormerKey{index}", arn)
                for index, arn in enumerate(data.former_kms_key_arns)
            ],
            former_buckets=[
                s3.Bucket.from_bucket_name(self, f"FormerBucket{index}", name)
                for index, name in enumerate(data.former_buckets)
            ],
            flow_role=iam.Role.from_role_arn(self, "OwnRole", role) if role else None,
            removal_policy=REMOVAL[data.removal_policy],
        )
        if read_access:
            runtime.grant_read_access(s3.Bucket.from_bucket_name(self, "More", read_access))
        return runtime


def main() -> None:
    """Synthesise the stack with the context of cdk.json."""
    app = App(context=json.loads(CDK_JSON.read_text(encoding="utf-8"))["context"])
    settings = read_settings(app.node.get_all_context())
    ChangedStack(app, settings.stack_name, settings=settings)
    app.synth()


if __name__ == "__main__":
    main()
