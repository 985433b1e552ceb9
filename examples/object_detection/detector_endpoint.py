"""SageMaker endpoint with the built-in object detection algorithm."""

from dataclasses import dataclass
from typing import Protocol

from aws_cdk import ArnFormat, Aws, CfnMapping, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as s3_assets
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

# The accounts that hold AWS's image, in the regions that have A2I.
ALGORITHM_ACCOUNTS = {
    "ap-northeast-1": "501404015308",
    "ap-northeast-2": "306986355934",
    "ap-south-1": "991648021394",
    "ap-southeast-1": "475088953585",
    "ap-southeast-2": "544295431143",
    "ca-central-1": "469771592824",
    "eu-central-1": "813361260812",
    "eu-west-1": "685385470294",
    "eu-west-2": "644912444149",
    "us-east-1": "811284229777",
    "us-east-2": "825641698319",
    "us-west-2": "433757028032",
}
REPOSITORY = "object-detection"
VARIANT = "primary"
PULL_IMAGE = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
]
WRITE_LOG = [
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
]


class IDetectorEndpoint(Protocol):
    """An endpoint that answers in the algorithm's format, defined here or elsewhere."""

    @property
    def endpoint_name(self) -> str:
        """The name of the endpoint."""

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Send images to the endpoint."""


class DetectorEndpoint(Construct):
    """Model, endpoint configuration and endpoint from a model artifact.

    The instance costs money from deployment to destruction, used or not.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        model_artifact: str,
        instance_type: str = "ml.m5.large",
    ) -> None:
        """Define the endpoint.

        model_artifact: a `model.tar.gz` that the algorithm has trained, as an `s3://` URI in the
            stack's region or as a local file, which is uploaded with the stack.
        """
        super().__init__(scope, construct_id)
        registry = CfnMapping(self, "Algorithm", mapping=_by_region(), lazy=True)
        self._account = registry.find_in_map(Aws.REGION, "account")
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
        access = self._allow_to_run(role)
        self.model = sagemaker.CfnModel(
            self,
            "Model",
            execution_role_arn=role.role_arn,
            primary_container=sagemaker.CfnModel.ContainerDefinitionProperty(
                image=self._image(), model_data_url=self._artifact(model_artifact, role)
            ),
        )
        access.apply_before(self.model)
        config = self._make_config(instance_type)
        self.endpoint = sagemaker.CfnEndpoint(
            self, "Endpoint", endpoint_config_name=config.attr_endpoint_config_name
        )

    @classmethod
    def from_endpoint_name(cls, scope: Construct, endpoint_name: str) -> IDetectorEndpoint:
        """Use an endpoint that exists in the stack's account and region."""
        # SageMaker writes the name in lower case into the ARN; IAM may see it as it was called.
        names = dict.fromkeys([endpoint_name.lower(), endpoint_name])
        arns = [
            Stack.of(scope).format_arn(service="sagemaker", resource="endpoint", resource_name=name)
            for name in names
        ]
        return _ImportedEndpoint(endpoint_name, tuple(arns))

    @property
    def endpoint_name(self) -> str:
        """The name of the endpoint; a token."""
        return self.endpoint.attr_endpoint_name

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Send images to the endpoint."""
        return _grant_invoke(grantee, self.endpoint.ref)

    def _make_config(self, instance_type: str) -> sagemaker.CfnEndpointConfig:
        variant = sagemaker.CfnEndpointConfig.ProductionVariantProperty(
            variant_name=VARIANT,
            model_name=self.model.attr_model_name,
            initial_instance_count=1,
            initial_variant_weight=1,
            instance_type=instance_type,
        )
        return sagemaker.CfnEndpointConfig(self, "Config", production_variants=[variant])

    def _artifact(self, model_artifact: str, role: iam.IRole) -> str:
        """Let the model's role read the artifact, and return its URI."""
        if not model_artifact.startswith("s3://"):
            asset = s3_assets.Asset(self, "Artifact", path=model_artifact)
            asset.grant_read(role)
            return asset.s3_object_url
        arn = Stack.of(self).format_arn(
            service="s3",
            region="",
            account="",
            resource=model_artifact.removeprefix("s3://"),
            arn_format=ArnFormat.NO_RESOURCE_NAME,
        )
        iam.Grant.add_to_principal(grantee=role, actions=["s3:GetObject"], resource_arns=[arn])
        return model_artifact

    def _allow_to_run(self, role: iam.IRole) -> iam.Grant:
        """Grant what SageMaker's guide lists for a model: pull the image, write the log."""
        stack = Stack.of(self)
        image = stack.format_arn(
            service="ecr",
            account=self._account,
            resource="repository",
            resource_name=REPOSITORY,
        )
        log_group = stack.format_arn(
            service="logs",
            resource="log-group",
            resource_name="/aws/sagemaker/Endpoints/*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        pull = iam.Grant.add_to_principal(grantee=role, actions=PULL_IMAGE, resource_arns=[image])
        log = iam.Grant.add_to_principal(grantee=role, actions=WRITE_LOG, resource_arns=[log_group])
        # The token is the account's own; the action knows no resource.
        token = iam.Grant.add_to_principal(
            grantee=role, actions=["ecr:GetAuthorizationToken"], resource_arns=["*"]
        )
        return pull.combine(log).combine(token)

    def _image(self) -> str:
        return f"{self._account}.dkr.ecr.{Aws.REGION}.{Aws.URL_SUFFIX}/{REPOSITORY}:1"


@dataclass(frozen=True)
class _ImportedEndpoint:
    endpoint_name: str
    endpoint_arns: tuple[str, ...]

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        return _grant_invoke(grantee, *self.endpoint_arns)


def _grant_invoke(grantee: iam.IGrantable, *endpoint_arns: str) -> iam.Grant:
    return iam.Grant.add_to_principal(
        grantee=grantee, actions=["sagemaker:InvokeEndpoint"], resource_arns=[*endpoint_arns]
    )


def _by_region() -> dict[str, dict[str, str]]:
    return {region: {"account": account} for region, account in ALGORITHM_ACCOUNTS.items()}
