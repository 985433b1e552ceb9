"""What an account may have before there is a stack: a workforce with a team of its own."""

from dataclasses import dataclass
from typing import Any

from tests.end_to_end.conftest import Project
from tests.end_to_end.operating import until


@dataclass(frozen=True)
class ExistingWorkforce:
    """A workforce, with a team and its member, that somebody made before there was a stack."""

    project: Project
    pool: str
    client_id: str

    @classmethod
    def make(cls, project: Project) -> "ExistingWorkforce":
        cognito, sagemaker = project.client("cognito-idp"), project.client("sagemaker")
        pool = cognito.create_user_pool(PoolName="people")["UserPool"]["Id"]
        client = cognito.create_user_pool_client(
            UserPoolId=pool, ClientName="portal", GenerateSecret=True
        )
        existing = cls(project, pool, client["UserPoolClient"]["ClientId"])
        cognito.create_user_pool_domain(UserPoolId=pool, Domain="people")
        cognito.create_group(UserPoolId=pool, GroupName="others")
        cognito.admin_create_user(UserPoolId=pool, Username="carol", MessageAction="SUPPRESS")
        cognito.admin_add_user_to_group(UserPoolId=pool, Username="carol", GroupName="others")
        source = {"UserPool": pool, "ClientId": existing.client_id}
        sagemaker.create_workforce(WorkforceName="ours", CognitoConfig=source)
        _until_active(sagemaker, "ours")
        sagemaker.create_workteam(
            WorkteamName="others",
            Description="labels images",
            MemberDefinitions=[{"CognitoMemberDefinition": {**source, "UserGroup": "others"}}],
        )
        return existing

    def state(self) -> dict[str, Any]:
        """All that a stack must leave as it is."""
        cognito, sagemaker = self.project.client("cognito-idp"), self.project.client("sagemaker")
        pool = cognito.describe_user_pool(UserPoolId=self.pool)["UserPool"]
        client = cognito.describe_user_pool_client(UserPoolId=self.pool, ClientId=self.client_id)
        return {
            "pool": {**pool, "EstimatedNumberOfUsers": None},
            # CreateWorkteam writes it anew, whoever calls.
            "client": {**client["UserPoolClient"], "LastModifiedDate": None},
            "workforce": sagemaker.describe_workforce(WorkforceName="ours")["Workforce"],
            "team": sagemaker.describe_workteam(WorkteamName="others")["Workteam"],
            "members": self.members("others"),
        }

    def members(self, group: str) -> set[str]:
        found = self.project.client("cognito-idp").list_users_in_group(
            UserPoolId=self.pool, GroupName=group
        )
        return {user["Username"] for user in found["Users"]}

    def groups(self) -> set[str]:
        found = self.project.client("cognito-idp").list_groups(UserPoolId=self.pool)
        return {group["GroupName"] for group in found["Groups"]}

    def remove(self) -> None:
        """Make room for another workforce."""
        sagemaker = self.project.client("sagemaker")
        sagemaker.delete_workteam(WorkteamName="others")
        sagemaker.delete_workforce(WorkforceName="ours")
        until(lambda: sagemaker.list_workforces()["Workforces"] == [])


def _until_active(sagemaker: Any, workforce: str) -> None:
    def status() -> str:
        described = sagemaker.describe_workforce(WorkforceName=workforce)
        return str(described["Workforce"]["Status"])

    until(lambda: status() == "Active")
