"""A throw-away stack with a bit of everything that a review stack is made of."""

import hashlib
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_sqs as sqs
from aws_cdk import custom_resources
from constructs import Construct

FUNCTIONS = Path(__file__).with_name("sample_functions.py").read_text(encoding="utf-8")
DESTROY = cdk.RemovalPolicy.DESTROY


class Reviewers(Construct):
    """A pool with one user, the workforce and the work team."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.pool = cognito.UserPool(self, "Pool", removal_policy=DESTROY)
        client = self.pool.add_client("Client", generate_secret=True)
        domain = self.pool.add_domain(
            "Domain", cognito_domain=cognito.CognitoDomainOptions(domain_prefix="sample-reviewers")
        )
        group = self.pool.add_group("Group", group_name="reviewers")
        self._add_user(group)
        self.workforce = sagemaker.CfnWorkforce(
            self,
            "Workforce",
            workforce_name="sample",
            cognito_config=sagemaker.CfnWorkforce.CognitoConfigProperty(
                user_pool=self.pool.user_pool_id, client_id=client.user_pool_client_id
            ),
        )
        self.workforce.node.add_dependency(domain)
        self.workteam = self._add_workteam(client, group)

    def _add_user(self, group: cognito.IUserPoolGroup) -> None:
        user = cognito.CfnUserPoolUser(
            self,
            "User",
            user_pool_id=self.pool.user_pool_id,
            username="jane",
            message_action="SUPPRESS",
            user_attributes=[
                cognito.CfnUserPoolUser.AttributeTypeProperty(
                    name="email", value="jane@example.com"
                )
            ],
        )
        cognito.CfnUserPoolUserToGroupAttachment(
            self,
            "Membership",
            user_pool_id=self.pool.user_pool_id,
            group_name=group.group_name,
            username=user.ref,
        ).node.add_dependency(group)

    def _add_workteam(
        self, client: cognito.UserPoolClient, group: cognito.IUserPoolGroup
    ) -> sagemaker.CfnWorkteam:
        members = sagemaker.CfnWorkteam.CognitoMemberDefinitionProperty(
            cognito_user_pool=self.pool.user_pool_id,
            cognito_client_id=client.user_pool_client_id,
            cognito_user_group=group.group_name,
        )
        workteam = sagemaker.CfnWorkteam(
            self,
            "Workteam",
            description="Reviewers of the sample",
            workforce_name=self.workforce.workforce_name,
            member_definitions=[
                sagemaker.CfnWorkteam.MemberDefinitionProperty(cognito_member_definition=members)
            ],
        )
        workteam.add_resource_dependency(self.workforce)
        workteam.node.add_dependency(group)
        return workteam


class SampleStack(cdk.Stack):
    """One stack with the parts, wired as an application would."""

    def __init__(self, scope: Construct, construct_id: str, *, template_text: str) -> None:
        super().__init__(scope, construct_id)
        bucket = s3.Bucket(
            self,
            "Bucket",
            enforce_ssl=True,
            encryption_key=kms.Key(self, "Key", removal_policy=DESTROY),
            removal_policy=DESTROY,
        )
        reviewers = Reviewers(self, "Reviewers")
        human_task_ui = sagemaker.CfnHumanTaskUi(
            self,
            "HumanTaskUi",
            human_task_ui_name=f"sample-{_digest(template_text)}",
            ui_template=sagemaker.CfnHumanTaskUi.UiTemplateProperty(content=template_text),
        )
        queue = sqs.Queue(self, "Queue", visibility_timeout=cdk.Duration.seconds(30))
        writer = self._function("Writer", "index.write_message", bucket)
        bucket.grant_put(writer)
        writer.add_event_source(event_sources.SqsEventSource(queue))
        prober = self._function("Prober", "index.probe", bucket)
        guard = self._guard(human_task_ui.ref)
        guard.node.add_dependency(queue, bucket)
        self._output(
            BucketName=bucket.bucket_name,
            QueueUrl=queue.queue_url,
            ProberName=prober.function_name,
            ProberRoleArn=prober.role.role_arn if prober.role else "",
            HumanTaskUiArn=human_task_ui.attr_human_task_ui_arn,
            WorkteamArn=reviewers.workteam.attr_workteam_arn,
            SubDomain=reviewers.workforce.attr_sub_domain,
            PortalUrl=f"https://{reviewers.workforce.attr_sub_domain}",
            UserPoolId=reviewers.pool.user_pool_id,
            GuardedUi=guard.get_att_string("HumanTaskUi"),
        )

    def _function(self, construct_id: str, handler: str, bucket: s3.IBucket) -> lambda_.Function:
        return lambda_.Function(
            self,
            construct_id,
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler=handler,
            code=lambda_.Code.from_inline(FUNCTIONS),
            environment={"BUCKET": bucket.bucket_name},
            timeout=cdk.Duration.seconds(30),
        )

    def _guard(self, human_task_ui: str) -> cdk.CustomResource:
        def handler(construct_id: str, name: str) -> lambda_.Function:
            function = lambda_.Function(
                self,
                construct_id,
                runtime=lambda_.Runtime.PYTHON_3_14,
                handler=f"index.{name}",
                code=lambda_.Code.from_inline(FUNCTIONS),
                timeout=cdk.Duration.seconds(30),
            )
            function.add_to_role_policy(
                iam.PolicyStatement(actions=["ssm:GetParameter"], resources=["*"])
            )
            return function

        provider = custom_resources.Provider(
            self,
            "Provider",
            on_event_handler=handler("OnEvent", "on_event"),
            is_complete_handler=handler("IsComplete", "is_complete"),
            query_interval=cdk.Duration.seconds(5),
        )
        return cdk.CustomResource(
            self,
            "Guard",
            service_token=provider.service_token,
            service_timeout=cdk.Duration.minutes(2),
            properties={"HumanTaskUi": human_task_ui},
        )

    def _output(self, **values: str) -> None:
        for name, value in values.items():
            cdk.CfnOutput(self, name, value=value)


def synth_sample(folder: Path, *, template_text: str = "<p>{{ task.input.text }}</p>") -> Path:
    """Leave the cloud assembly of an app with the stack `Sample` in `folder`."""
    app = cdk.App(outdir=str(folder))
    SampleStack(app, "Sample", template_text=template_text)
    app.synth()
    return folder


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]
