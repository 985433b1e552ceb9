"""Everything that human loops in the account need once per stack."""

import atexit
import hashlib
import shutil
import tempfile
from pathlib import Path
from weakref import WeakKeyDictionary

import jsii
from aws_cdk import Aws, CustomResource, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3_assets as assets
from constructs import Construct, IValidation

from a2i_constructs.account.endpoint_callers import EndpointCallers
from a2i_constructs.account.human_loop_api import HumanLoopApi
from a2i_constructs.account.human_loop_functions import (
    HumanLoopStream,
    HumanTaskUiRegistry,
    make_clock,
    make_endpoint,
    make_portal,
)
from a2i_constructs.account.human_loop_table import HumanLoopTable
from a2i_constructs.functions.resource_provider import SERVICE_TIMEOUT
from a2i_constructs.storage.review_buckets import ReviewBuckets


class HumanLoopService(Construct):
    """Table, API and functions of a stack's human loops; one per stack."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        buckets: ReviewBuckets,
        removal_policy: RemovalPolicy,
    ) -> None:
        """Define all of it but the reviewers' sign-in, which `serve_reviewers` adds.

        Args:
            scope: Parent.
            construct_id: Name below the parent.
            buckets: The input bucket keeps inputs and answers of human loops.
            removal_policy: Of the table.
        """
        super().__init__(scope, construct_id)
        _KNOWN[Stack.of(self)] = self
        self.buckets = buckets
        self.table = HumanLoopTable(
            self, "HumanLoops", key=buckets.key, removal_policy=removal_policy
        )
        self.api = HumanLoopApi(self, "Api")
        environment = self.environment
        self.endpoint = make_endpoint(
            self, table=self.table, buckets=buckets, environment=environment
        )
        self.api.serve_runtime(self.endpoint)
        self.callers = EndpointCallers(self.endpoint)
        self.portal = make_portal(self, table=self.table, buckets=buckets, environment=environment)
        self.stream = HumanLoopStream(
            self, "Stream", table=self.table, buckets=buckets, environment=environment
        )
        self.clock = make_clock(self, table=self.table, environment=environment)
        self.human_task_uis = HumanTaskUiRegistry(
            self, "HumanTaskUis", table=self.table, environment=environment
        )
        self._serves_reviewers = False
        self.node.add_validation(_HasReviewers(self))

    @classmethod
    def of(cls, scope: Construct) -> "HumanLoopService":
        """The service of the stack that `scope` is in.

        Raises:
            ValueError: The stack has no runtime with human loops in the account.
        """
        known = _KNOWN.get(Stack.of(scope))
        if known is None:
            raise ValueError(
                "human loops in the account need a ReviewRuntime: define the stack's, with "
                "backend=ReviewBackend.account(), before workforce, team and flow"
            )
        return known

    @property
    def environment(self) -> dict[str, str]:
        """Variables of every function that works on human loops."""
        return {
            "A2I_BACKEND": "account",
            "A2I_HUMAN_LOOPS_TABLE": self.table.table.table_name,
            "A2I_HUMAN_LOOPS_BUCKET": self.buckets.input.bucket_name,
            "A2I_STACK_ID": Aws.STACK_ID,
        }

    @property
    def assuming(self) -> tuple[lambda_.IFunction, lambda_.IFunction]:
        """The functions that act with the roles of flows: they read, and write answers."""
        return self.portal, self.stream.function

    @property
    def missing(self) -> list[str]:
        """What keeps the service from being deployed, in words."""
        if self._serves_reviewers:
            return []
        return ["human loops in the account have no reviewers: define a PrivateWorkforce"]

    def serve_reviewers(
        self,
        user_pool: cognito.IUserPool,
        client: cognito.IUserPoolClient,
        *,
        sign_in_address: str,
    ) -> None:
        """Serve the portal to users of the pool.

        Args:
            user_pool: Whose users review.
            client: Public client that the portal's page signs them in with.
            sign_in_address: Origin of the pool's sign-in page, without a slash at its end.

        Raises:
            ValueError: The service has the users of another pool.
        """
        if self._serves_reviewers:
            raise ValueError(
                "human loops in the account have the reviewers of one workforce: give its teams "
                "to all flows of the stack"
            )
        self._serves_reviewers = True
        for name, value in {
            "A2I_USER_POOL_ID": user_pool.user_pool_id,
            "A2I_SIGN_IN_CLIENT_ID": client.user_pool_client_id,
            "A2I_SIGN_IN_ADDRESS": sign_in_address,
        }.items():
            self.portal.add_environment(name, value)
        self.api.serve_tasks(self.portal, user_pool, client)
        self.api.serve_pages(self.portal)

    def register_template(self, scope: Construct, *, name: str, content: str) -> str:
        """Define a human task UI, and return its ARN; a token."""
        template = assets.Asset(scope, "Template", path=str(_file(content)))
        self.human_task_uis.let_read(template)
        resource = CustomResource(
            scope,
            "HumanTaskUi",
            resource_type="Custom::A2IHumanTaskUi",
            service_token=self.human_task_uis.provider.service_token,
            service_timeout=SERVICE_TIMEOUT,
            properties={
                "Name": name,
                "Bucket": template.s3_bucket_name,
                "Key": template.s3_object_key,
                "Sha256": hashlib.sha256(content.encode()).hexdigest(),
            },
        )
        return resource.get_att_string("HumanTaskUiArn")


@jsii.implements(IValidation)
class _HasReviewers:
    def __init__(self, service: HumanLoopService) -> None:
        self._service = service

    def validate(self) -> list[str]:
        return self._service.missing


_KNOWN: WeakKeyDictionary[Stack, HumanLoopService] = WeakKeyDictionary()


def _file(content: str) -> Path:
    """CDK copies the file into the cloud assembly; this one goes when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="a2i-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "template.liquid.html"
    file.write_text(content, encoding="utf-8", newline="")
    return file
