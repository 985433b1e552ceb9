"""The resource types that this package gives to CloudFormation, by small templates."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

pytestmark = pytest.mark.local_aws

ClientMaker = Callable[[str], Any]
Resources = dict[str, dict[str, Any]]
QUICKLY = {"Delay": 0.2, "MaxAttempts": 150}


class Stacks:
    """Creates, updates and deletes one stack, and shows what became of it."""

    def __init__(self, cloudformation: Any) -> None:
        self._cloudformation = cloudformation
        self._name = "stack"
        self.tags: dict[str, str] = {}

    def create(self, resources: Resources, **outputs: Any) -> dict[str, str]:
        return self._apply("create", resources, outputs)

    def update(self, resources: Resources, **outputs: Any) -> dict[str, str]:
        return self._apply("update", resources, outputs)

    def delete(self) -> None:
        self._cloudformation.delete_stack(StackName=self._name)
        waiter = self._cloudformation.get_waiter("stack_delete_complete")
        waiter.wait(StackName=self._name, WaiterConfig=QUICKLY)

    def reasons(self) -> list[str]:
        events = self._cloudformation.describe_stack_events(StackName=self._name)["StackEvents"]
        return [event.get("ResourceStatusReason", "") for event in events]

    def _apply(self, verb: str, resources: Resources, outputs: dict[str, Any]) -> dict[str, str]:
        template = {
            "Resources": resources,
            "Outputs": {name: {"Value": value} for name, value in outputs.items()},
        }
        apply = getattr(self._cloudformation, f"{verb}_stack")
        tags = [{"Key": key, "Value": value} for key, value in self.tags.items()]
        apply(StackName=self._name, TemplateBody=json.dumps(template), Tags=tags)
        waiter = self._cloudformation.get_waiter(f"stack_{verb}_complete")
        waiter.wait(StackName=self._name, WaiterConfig=QUICKLY)
        stack = self._cloudformation.describe_stacks(StackName=self._name)["Stacks"][0]
        return {out["OutputKey"]: out["OutputValue"] for out in stack.get("Outputs", [])}


@pytest.fixture
def stacks(client: ClientMaker) -> Iterator[Stacks]:
    made = Stacks(client("cloudformation"))
    yield made
    made.delete()


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def attribute(name: str, attribute: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, attribute]}


def human_task_ui(name: str, text: str = "<p>text</p>", **properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::SageMaker::HumanTaskUi",
        "Properties": {"HumanTaskUiName": name, "UiTemplate": {"Content": text}, **properties},
    }


def people() -> Resources:
    """Return a pool with a domain, a client and a group."""
    return {
        "Domain": {
            "Type": "AWS::Cognito::UserPoolDomain",
            "Properties": {"UserPoolId": ref("Pool"), "Domain": "people"},
        },
        "Pool": {"Type": "AWS::Cognito::UserPool", "Properties": {"UserPoolName": "people"}},
        "Client": {
            "Type": "AWS::Cognito::UserPoolClient",
            "Properties": {"UserPoolId": ref("Pool"), "GenerateSecret": True},
        },
        "Group": {
            "Type": "AWS::Cognito::UserPoolGroup",
            "Properties": {"UserPoolId": ref("Pool"), "GroupName": "reviewers"},
        },
    }


def workforce(name: str = "force", **properties: Any) -> dict[str, Any]:
    cognito = {"UserPool": ref("Pool"), "ClientId": ref("Client")}
    return {
        "Type": "AWS::SageMaker::Workforce",
        "DependsOn": "Domain",
        "Properties": {"WorkforceName": name, "CognitoConfig": cognito, **properties},
    }


def workteam(**properties: Any) -> dict[str, Any]:
    member = {
        "CognitoUserPool": ref("Pool"),
        "CognitoClientId": ref("Client"),
        "CognitoUserGroup": ref("Group"),
    }
    return {
        "Type": "AWS::SageMaker::Workteam",
        "DependsOn": "Workforce",
        "Properties": {
            "Description": "first",
            "WorkforceName": "force",
            "MemberDefinitions": [{"CognitoMemberDefinition": member}],
            **properties,
        },
    }


def user(username: str, email: str) -> dict[str, Any]:
    return {
        "Type": "AWS::Cognito::UserPoolUser",
        "Properties": {
            "UserPoolId": ref("Pool"),
            "Username": username,
            "MessageAction": "SUPPRESS",
            "UserAttributes": [{"Name": "email", "Value": email}],
        },
    }


def membership() -> dict[str, Any]:
    return {
        "Type": "AWS::Cognito::UserPoolUserToGroupAttachment",
        "DependsOn": "Group",
        "Properties": {
            "UserPoolId": ref("Pool"),
            "GroupName": "reviewers",
            "Username": ref("User"),
        },
    }


def test_an_unknown_type_is_an_error(client: ClientMaker) -> None:
    template = {"Resources": {"Thing": {"Type": "AWS::SageMaker::FlowDefinition"}}}

    with pytest.raises(ClientError, match=r"Unrecognized resource types: \[AWS::SageMaker::Flow"):
        client("cloudformation").create_stack(
            StackName="unknown", TemplateBody=json.dumps(template)
        )


def test_a_task_ui_refers_to_its_arn(stacks: Stacks, client: ClientMaker) -> None:
    outputs = stacks.create(
        {"Ui": human_task_ui("ui")},
        Ref=ref("Ui"),
        Arn=attribute("Ui", "HumanTaskUiArn"),
        Created=attribute("Ui", "CreationTime"),
    )

    found = client("sagemaker").describe_human_task_ui(HumanTaskUiName="ui")
    assert outputs["Ref"] == outputs["Arn"] == found["HumanTaskUiArn"]
    assert outputs["Created"].startswith(found["CreationTime"].strftime("%Y-%m-%dT"))


def test_the_stacks_tags_reach_ui_workforce_and_team_and_change_in_place(
    stacks: Stacks, client: ClientMaker
) -> None:
    own = [{"Key": "owner", "Value": "ada"}]
    resources = {
        "Ui": human_task_ui("ui", Tags=own),
        **people(),
        "Workforce": workforce(),
        "Team": workteam(Tags=own),
    }
    arns = {name: ref(name) for name in ("Ui", "Workforce", "Team")}
    stacks.tags = {"owner": "stack", "stage": "test"}
    first = stacks.create(resources, **arns)

    stacks.tags = {"cost": "42"}
    second = stacks.update(resources, **arns)

    assert second == first
    for name, expected in (
        ("Ui", {"owner": "ada", "cost": "42"}),
        ("Workforce", {"cost": "42"}),
        ("Team", {"owner": "ada", "cost": "42"}),
    ):
        found = client("sagemaker").list_tags(ResourceArn=second[name])["Tags"]
        assert {tag["Key"]: tag["Value"] for tag in found} == expected


def test_a_renamed_task_ui_is_replaced(stacks: Stacks, client: ClientMaker) -> None:
    stacks.create({"Ui": human_task_ui("old")})

    stacks.update({"Ui": human_task_ui("new", text="<b>new</b>")})

    listed = client("sagemaker").list_human_task_uis()["HumanTaskUiSummaries"]
    assert [ui["HumanTaskUiName"] for ui in listed] == ["new"]


def test_a_new_text_under_the_same_name_fails_as_the_name_is_taken(stacks: Stacks) -> None:
    stacks.create({"Ui": human_task_ui("ui")})

    with pytest.raises(WaiterError):
        stacks.update({"Ui": human_task_ui("ui", text="<b>new</b>")})

    assert any("already exists" in reason for reason in stacks.reasons())


def test_tags_of_a_task_ui_change_in_place(stacks: Stacks, client: ClientMaker) -> None:
    first = [{"Key": "team", "Value": "blue"}, {"Key": "old", "Value": "1"}]
    arn = stacks.create({"Ui": human_task_ui("ui", Tags=first)}, Arn=ref("Ui"))["Arn"]

    second = [{"Key": "team", "Value": "red"}]
    same = stacks.update({"Ui": human_task_ui("ui", Tags=second)}, Arn=ref("Ui"))["Arn"]

    assert same == arn
    assert client("sagemaker").list_tags(ResourceArn=arn)["Tags"] == second


def test_a_workforce_and_its_team_give_their_attributes(
    stacks: Stacks, client: ClientMaker
) -> None:
    outputs = stacks.create(
        {**people(), "Workforce": workforce(), "Team": workteam()},
        Workforce=ref("Workforce"),
        SubDomain=attribute("Workforce", "SubDomain"),
        Team=ref("Team"),
        TeamArn=attribute("Team", "WorkteamArn"),
        TeamName=attribute("Team", "WorkteamName"),
    )

    sagemaker = client("sagemaker")
    force = sagemaker.describe_workforce(WorkforceName="force")["Workforce"]
    team = sagemaker.describe_workteam(WorkteamName=outputs["TeamName"])["Workteam"]
    assert outputs["Workforce"] == force["WorkforceArn"]
    assert outputs["SubDomain"] == force["SubDomain"]
    assert outputs["Team"] == outputs["TeamArn"] == team["WorkteamArn"]
    assert outputs["TeamName"].startswith("stack-Team-")


def test_a_workforce_changes_its_addresses_in_place(stacks: Stacks, client: ClientMaker) -> None:
    arn = stacks.create({**people(), "Workforce": workforce()}, Arn=ref("Workforce"))["Arn"]
    addresses = {"Cidrs": ["192.0.2.0/24"]}

    same = stacks.update(
        {**people(), "Workforce": workforce(SourceIpConfig=addresses)}, Arn=ref("Workforce")
    )["Arn"]

    found = client("sagemaker").describe_workforce(WorkforceName="force")["Workforce"]
    assert same == arn
    assert found["SourceIpConfig"] == addresses


def oidc_workforce(secret: str) -> dict[str, Any]:
    endpoints = ("Authorization", "Token", "UserInfo", "Logout")
    return {
        "Type": "AWS::SageMaker::Workforce",
        "Properties": {
            "WorkforceName": "force",
            "OidcConfig": {
                "ClientId": "portal",
                "ClientSecret": f"{{{{resolve:secretsmanager:{secret}:SecretString:::}}}}",
                "Issuer": "https://id.example.com",
                "JwksUri": "https://id.example.com/jwks",
                **{f"{name}Endpoint": f"https://id.example.com/{name}" for name in endpoints},
            },
        },
    }


@pytest.fixture
def secret(client: ClientMaker) -> Iterator[Callable[[str], str]]:
    """Makes a secret of the account: its ARN."""
    secrets = client("secretsmanager")
    made: list[str] = []

    def make(value: str) -> str:
        made.append(secrets.create_secret(Name="portal", SecretString=value)["ARN"])
        return made[-1]

    yield make
    for arn in made:
        secrets.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


def test_a_providers_secret_comes_from_secrets_manager(
    stacks: Stacks, client: ClientMaker, secret: Callable[[str], str]
) -> None:
    stacks.create({"Workforce": oidc_workforce(secret("open_sesame"))})
    found = client("sagemaker").describe_workforce(WorkforceName="force")["Workforce"]
    assert found["OidcConfig"]["ClientId"] == "portal"
    assert "ClientSecret" not in found["OidcConfig"]


def test_properties_are_held_to_their_schema_once_they_are_resolved(
    stacks: Stacks, secret: Callable[[str], str]
) -> None:
    with pytest.raises(WaiterError):
        stacks.create({"Workforce": oidc_workforce(secret("ouvre-toi"))})
    refused = "#/OidcConfig/ClientSecret: failed validation constraint for keyword [pattern]"
    assert any(refused in reason for reason in stacks.reasons())
    assert not any("ouvre-toi" in reason for reason in stacks.reasons())


def test_a_renamed_workforce_goes_before_its_successor_comes(
    stacks: Stacks, client: ClientMaker
) -> None:
    stacks.create({**people(), "Workforce": workforce("old")})

    stacks.update({**people(), "Workforce": workforce("new")})

    listed = client("sagemaker").list_workforces()["Workforces"]
    assert [force["WorkforceName"] for force in listed] == ["new"]


def test_a_workforce_with_a_team_is_not_replaced(stacks: Stacks, client: ClientMaker) -> None:
    stacks.create({**people(), "Workforce": workforce(), "Team": workteam()})

    with pytest.raises(WaiterError):
        stacks.update({**people(), "Workforce": workforce("new"), "Team": workteam()})

    listed = client("sagemaker").list_workforces()["Workforces"]
    assert [force["WorkforceName"] for force in listed] == ["force"]


def test_a_team_changes_its_description_in_place(stacks: Stacks, client: ClientMaker) -> None:
    resources = {**people(), "Workforce": workforce()}
    before = stacks.create({**resources, "Team": workteam()}, Arn=ref("Team"))["Arn"]

    changed = {**resources, "Team": workteam(Description="second")}
    after = stacks.update(changed, Arn=ref("Team"))["Arn"]

    team = client("sagemaker").describe_workteam(WorkteamName=after.rsplit("/", 1)[-1])
    assert after == before
    assert team["Workteam"]["Description"] == "second"


def test_a_user_refers_to_its_name_and_joins_its_group(stacks: Stacks, client: ClientMaker) -> None:
    resources = {**people(), "User": user("jane", "jane@example.com"), "Member": membership()}

    outputs = stacks.create(resources, User=ref("User"), Pool=ref("Pool"))

    found = client("cognito-idp").list_users_in_group(
        UserPoolId=outputs["Pool"], GroupName="reviewers"
    )
    assert outputs["User"] == "jane"
    assert [member["Username"] for member in found["Users"]] == ["jane"]


def test_another_user_replaces_the_first_in_the_group(stacks: Stacks, client: ClientMaker) -> None:
    first = {**people(), "User": user("jane", "jane@example.com"), "Member": membership()}
    second = {**people(), "User": user("joe", "joe@example.com"), "Member": membership()}
    stacks.create(first)

    pool = stacks.update(second, Pool=ref("Pool"))["Pool"]

    cognito = client("cognito-idp")
    members = cognito.list_users_in_group(UserPoolId=pool, GroupName="reviewers")["Users"]
    users = cognito.list_users(UserPoolId=pool)["Users"]
    assert [member["Username"] for member in members] == ["joe"]
    assert [found["Username"] for found in users] == ["joe"]


def test_a_user_without_a_name_gets_one(stacks: Stacks) -> None:
    nameless = user("", "jane@example.com")
    del nameless["Properties"]["Username"]

    outputs = stacks.create({**people(), "User": nameless}, User=ref("User"))

    assert outputs["User"].startswith("stack-User-")


def test_what_cognito_refuses_is_the_reason_of_the_failure(stacks: Stacks) -> None:
    unknown = membership()
    unknown["Properties"]["Username"] = "nobody"

    with pytest.raises(WaiterError):
        stacks.create({**people(), "Member": unknown})

    assert any("Error Code: UserNotFoundException" in reason for reason in stacks.reasons())


def test_deleting_what_is_gone_already_succeeds(stacks: Stacks, client: ClientMaker) -> None:
    stacks.create({**people(), "User": user("jane", "jane@example.com"), "Ui": human_task_ui("ui")})
    cognito = client("cognito-idp")
    pool = cognito.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]

    cognito.admin_delete_user(UserPoolId=pool, Username="jane")
    client("sagemaker").delete_human_task_ui(HumanTaskUiName="ui")
    stacks.delete()

    assert client("sagemaker").list_human_task_uis()["HumanTaskUiSummaries"] == []


def test_an_alarm_on_metric_math_is_made_and_rests(stacks: Stacks, client: ClientMaker) -> None:
    metric = {"Namespace": "N", "MetricName": "Failed"}
    alarm = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "Threshold": 5,
            "Metrics": [
                {"Id": "rate", "Expression": "100 * failed"},
                {
                    "Id": "failed",
                    "ReturnData": False,
                    "MetricStat": {"Metric": metric, "Period": 300, "Stat": "Sum"},
                },
            ],
        },
    }
    cloudwatch = client("cloudwatch")

    name = stacks.create({"Alarm": alarm}, Name=ref("Alarm"))["Name"]
    cloudwatch.put_metric_data(Namespace="N", MetricData=[{"MetricName": "Failed", "Value": 9}])

    (found,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert found["StateValue"] == "INSUFFICIENT_DATA"
    assert [query["Id"] for query in found["Metrics"]] == ["rate", "failed"]


def test_a_stack_that_comes_again_does_not_take_over_the_table_that_was_kept(
    stacks: Stacks, client: ClientMaker
) -> None:
    table = {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "RetainExceptOnCreate",
        "Properties": {
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        },
    }
    first = stacks.create({"Table": table}, Name=ref("Table"))["Name"]
    client("dynamodb").put_item(TableName=first, Item={"id": {"S": "a"}})
    stacks.delete()

    again = stacks.create({"Table": table}, Name=ref("Table"))["Name"]

    assert again != first
    assert client("dynamodb").scan(TableName=first)["Count"] == 1
    changed = {**table, "Properties": {**table["Properties"], "Tags": [{"Key": "a", "Value": "b"}]}}  # type: ignore[dict-item]
    assert stacks.update({"Table": changed}, Name=ref("Table"))["Name"] == again


def test_a_creation_that_fails_keeps_only_what_is_to_be_kept_then_too(
    stacks: Stacks, client: ClientMaker
) -> None:
    def kept(policy: str) -> dict[str, Any]:
        return {"Type": "AWS::S3::Bucket", "DeletionPolicy": policy}

    fails = {
        "Type": "AWS::SageMaker::Workteam",
        "DependsOn": ["Always", "Later"],
        "Properties": {"WorkforceName": "none", "Description": "d", "MemberDefinitions": []},
    }
    before = len(client("s3").list_buckets()["Buckets"])
    with pytest.raises(WaiterError):
        stacks.create(
            {"Always": kept("Retain"), "Later": kept("RetainExceptOnCreate"), "Team": fails}
        )
    assert len(client("s3").list_buckets()["Buckets"]) == before + 1
