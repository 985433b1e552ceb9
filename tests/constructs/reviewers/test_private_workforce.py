"""PrivateWorkforce and Workteam: who may sign in, and what must exist before what."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from aws_cdk import App, Environment, RemovalPolicy, Stack, Tags
from aws_cdk import aws_cognito as cognito
from aws_cdk.assertions import Template

from a2i_constructs import AdoptedWorkforce, PrivateWorkforce, Workteam
from a2i_core.regions import REGIONS
from tests.constructs.review_stacks import TEAM_ARN, new_stack, properties, two_flows


def test_nobody_signs_up_alone_and_passwords_are_strong() -> None:
    [pool] = properties(two_flows(), "AWS::Cognito::UserPool")
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert pool["MfaConfiguration"] == "OPTIONAL"
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
    assert pool["Policies"]["PasswordPolicy"] == {
        "MinimumLength": 12,
        "RequireLowercase": True,
        "RequireNumbers": True,
        "RequireSymbols": True,
        "RequireUppercase": True,
        "TemporaryPasswordValidityDays": 7,
    }


def test_the_client_has_a_secret_and_leaves_sign_in_settings_to_the_service() -> None:
    [client] = properties(two_flows(), "AWS::Cognito::UserPoolClient")
    assert client["GenerateSecret"] is True
    assert "CallbackURLs" not in client


def test_the_workforce_comes_after_the_domain_and_the_preflight() -> None:
    template = two_flows()
    [domain] = template.find_resources("AWS::Cognito::UserPoolDomain")
    [preflight] = template.find_resources("Custom::A2IWorkforcePreflight")
    [workforce] = template.find_resources("AWS::SageMaker::Workforce").values()
    assert workforce["DependsOn"] == [domain, preflight]


def reviewing(workers: Sequence[str] = ("ana@example.com",), **settings: Any) -> Template:
    """A workforce with a team."""
    stack = new_stack()
    workforce = PrivateWorkforce(stack, "Workforce", **settings)
    Workteam(stack, "Team", workforce=workforce, workers=workers)
    return Template.from_stack(stack)


def test_sign_in_is_set_up_after_the_workforce_and_its_teams() -> None:
    template = reviewing()
    [sign_in] = properties(template, "Custom::A2ISignIn")
    [workforce] = template.find_resources("AWS::SageMaker::Workforce")
    [team] = template.find_resources("AWS::SageMaker::Workteam")
    assert sign_in["SubDomain"] == {"Fn::GetAtt": [workforce, "SubDomain"]}
    assert sign_in["Teams"] == [{"Fn::GetAtt": [team, "WorkteamArn"]}]


def revision(template: Template) -> str:
    [sign_in] = properties(template, "Custom::A2ISignIn")
    return str(sign_in["Revision"])


def test_sign_in_is_set_up_again_when_the_pool_or_a_team_changes() -> None:
    """CloudFormation resets what it is not told, with any change of theirs."""
    first = revision(reviewing())
    assert revision(reviewing()) == first
    assert revision(reviewing(mfa=cognito.Mfa.REQUIRED)) != first
    assert revision(reviewing(workers=[])) == first

    stack = new_stack()
    workforce = PrivateWorkforce(stack, "Workforce")
    Workteam(stack, "Team", workforce=workforce, description="Others")
    Tags.of(stack).add("team", "claims")
    assert revision(Template.from_stack(stack)) != first


def test_sign_in_is_set_up_again_when_the_client_changes() -> None:
    stack = new_stack()
    workforce = PrivateWorkforce(stack, "Workforce")
    Workteam(stack, "Team", workforce=workforce, workers=["ana@example.com"])
    client = workforce.user_pool_client.node.default_child
    assert isinstance(client, cognito.CfnUserPoolClient)
    client.explicit_auth_flows = ["ALLOW_USER_SRP_AUTH"]
    assert revision(Template.from_stack(stack)) != revision(reviewing())


def test_invitations_name_the_portal_without_a_function_of_the_pool() -> None:
    template = reviewing()
    [pool] = properties(template, "AWS::Cognito::UserPool")
    assert "LambdaConfig" not in pool
    [sign_in] = properties(template, "Custom::A2ISignIn")
    message = json.dumps(sign_in["Invitation"]["EmailMessage"])
    [workforce] = template.find_resources("AWS::SageMaker::Workforce")
    for part in (f'["{workforce}", "SubDomain"]', "{username}", "{####}"):
        assert part in message


def test_a_pool_that_is_passed_in_keeps_its_own_invitation() -> None:
    stack = new_stack()
    pool = cognito.UserPool.from_user_pool_id(stack, "Pool", "eu-west-1_pool")
    PrivateWorkforce(stack, "Workforce", user_pool=pool)
    template = Template.from_stack(stack)
    [sign_in] = properties(template, "Custom::A2ISignIn")
    assert "Invitation" not in sign_in
    assert 'cognito-idp:UpdateUserPool"' not in json.dumps(template.to_json())


def test_workers_are_invited_when_sign_in_is_set_up() -> None:
    template = reviewing()
    [members] = template.find_resources("Custom::A2IWorkteamMembers").values()
    [sign_in] = template.find_resources("Custom::A2ISignIn")
    assert sign_in in members["DependsOn"]
    [group] = template.find_resources("AWS::Cognito::UserPoolGroup")
    assert members["Properties"]["GroupName"] == {"Ref": group}
    assert members["Properties"]["Workers"] == ["ana@example.com"]


def test_fails_for_more_people_than_cognito_sends_mails_a_day() -> None:
    stack = new_stack()
    workforce = PrivateWorkforce(stack, "Workforce")
    people = [f"{number}@example.com" for number in range(50)]
    Workteam(stack, "First", workforce=workforce, workers=people[:30])
    second = Workteam(stack, "Second", workforce=workforce, workers=people)
    with pytest.raises(ValueError, match=r"at most 50 people in all teams.*'a2i worker add'"):
        second.add_worker("one-more@example.com")


def test_an_adopted_workforce_gets_a_team_and_a_group_and_nothing_else() -> None:
    stack = new_stack()
    workforce = AdoptedWorkforce(stack, "Workforce", workforce_name="ours")
    team = Workteam(stack, "Team", workforce=workforce)
    template = Template.from_stack(stack)
    [lookup] = template.find_resources("Custom::A2IAdoptedWorkforce")
    [asked] = properties(template, "Custom::A2IAdoptedWorkforce")
    assert (asked["WorkforceName"], asked["Identity"]) == ("ours", "cognito")
    [group] = properties(template, "AWS::Cognito::UserPoolGroup")
    assert group["UserPoolId"] == {"Fn::GetAtt": [lookup, "UserPoolId"]}
    assert "cognito-idp:AdminCreateUser" not in str(template.find_resources("AWS::IAM::Policy"))
    [made] = properties(template, "AWS::SageMaker::Workteam")
    assert made["WorkforceName"] == {"Fn::GetAtt": [lookup, "WorkforceName"]}
    for untouched in (
        "AWS::SageMaker::Workforce",
        "AWS::Cognito::UserPool",
        "AWS::Cognito::UserPoolClient",
        "Custom::A2ISignIn",
        "Custom::A2IWorkforcePreflight",
        "Custom::A2IWorkteamMembers",
    ):
        template.resource_count_is(untouched, 0)
    assert team.portal_url is not None


def test_people_of_an_adopted_workforce_are_managed_by_the_command() -> None:
    stack = new_stack()
    workforce = AdoptedWorkforce(stack, "Workforce")
    with pytest.raises(ValueError, match=r"'a2i worker add ana@example\.com'"):
        Workteam(stack, "Team", workforce=workforce, workers=["ana@example.com"])


@pytest.mark.parametrize("make", [PrivateWorkforce, AdoptedWorkforce])
def test_fails_in_a_region_without_a2i_and_lists_those_with_it(make: Any) -> None:
    stack = Stack(App(), "Review", env=Environment(account="111122223333", region="sa-east-1"))
    with pytest.raises(ValueError, match=f"got 'sa-east-1': deploy to {', '.join(REGIONS)}"):
        make(stack, "Workforce")


def test_workforce_pool_client_and_domain_outlive_the_stack() -> None:
    template = two_flows()
    for resource_type in (
        "AWS::SageMaker::Workforce",
        "AWS::Cognito::UserPool",
        "AWS::Cognito::UserPoolClient",
        "AWS::Cognito::UserPoolDomain",
    ):
        [resource] = template.find_resources(resource_type).values()
        assert resource["DeletionPolicy"] == "RetainExceptOnCreate", resource_type


def test_the_team_names_the_group_the_pool_and_the_workforce() -> None:
    [team] = properties(two_flows(), "AWS::SageMaker::Workteam")
    [member] = team["MemberDefinitions"]
    assert set(member["CognitoMemberDefinition"]) == {
        "CognitoClientId",
        "CognitoUserGroup",
        "CognitoUserPool",
    }
    [_, parts] = team["WorkforceName"]["Fn::Select"][1]["Fn::Split"]
    assert parts["Fn::GetAtt"][1] == "WorkforceArn"


def test_each_team_names_its_people() -> None:
    stack = new_stack()
    workforce = PrivateWorkforce(stack, "Workforce", mfa=cognito.Mfa.REQUIRED)
    Workteam(stack, "First", workforce=workforce, workers=["ana@example.com", "bo@example.com"])
    second = Workteam(stack, "Second", workforce=workforce, workers=["ana@example.com"])
    second.add_worker("ana@example.com")

    template = Template.from_stack(stack)
    people = [members["Workers"] for members in properties(template, "Custom::A2IWorkteamMembers")]
    assert people == [["ana@example.com", "bo@example.com"], ["ana@example.com"]]
    [pool] = properties(template, "AWS::Cognito::UserPool")
    assert pool["MfaConfiguration"] == "ON"


def test_a_team_that_nobody_is_named_for_says_so() -> None:
    stack = new_stack()
    Workteam(stack, "Team", workforce=PrivateWorkforce(stack, "Workforce"))
    [members] = properties(Template.from_stack(stack), "Custom::A2IWorkteamMembers")
    assert members["Workers"] == []


@pytest.mark.parametrize(
    ("removal_policy", "deletion_policy"),
    [(RemovalPolicy.RETAIN, "RetainExceptOnCreate"), (RemovalPolicy.DESTROY, "Delete")],
)
def test_team_and_group_are_kept_when_replaced_and_else_go_with_their_workforce(
    removal_policy: RemovalPolicy, deletion_policy: str
) -> None:
    template = reviewing(removal_policy=removal_policy)
    for resource_type in ("AWS::SageMaker::Workteam", "AWS::Cognito::UserPoolGroup"):
        [resource] = template.find_resources(resource_type).values()
        assert resource["UpdateReplacePolicy"] == "Retain", resource_type
        assert resource["DeletionPolicy"] == deletion_policy, resource_type


def test_cloudformation_names_team_and_group_and_the_stack_is_told_by_a_tag() -> None:
    template = reviewing()
    [group] = properties(template, "AWS::Cognito::UserPoolGroup")
    [team] = properties(template, "AWS::SageMaker::Workteam")
    assert "GroupName" not in group
    assert "WorkteamName" not in team
    assert team["Tags"] == [{"Key": "a2i:stack-id", "Value": {"Ref": "AWS::StackId"}}]


def test_settings_of_the_workforce_reach_the_service() -> None:
    stack = new_stack()
    PrivateWorkforce(
        stack,
        "Workforce",
        workforce_name="reviewers",
        source_ip_cidrs=["203.0.113.0/24"],
        removal_policy=RemovalPolicy.DESTROY,
    )
    template = Template.from_stack(stack)
    [workforce] = template.find_resources("AWS::SageMaker::Workforce").values()
    assert workforce["DeletionPolicy"] == "Delete"
    assert workforce["Properties"]["WorkforceName"] == "reviewers"
    assert workforce["Properties"]["SourceIpConfig"] == {"Cidrs": ["203.0.113.0/24"]}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"workforce_name": "-x"}, "workforce_name must be letters, digits and hyphens, got '-x'"),
        ({"workforce_name": "w" * 64}, "workforce_name must be"),
        ({"source_ip_cidrs": ["10.0.0.1/8"]}, "got '10.0.0.1/8': .* has host bits set"),
        ({"source_ip_cidrs": ["everywhere"]}, "source_ip_cidrs must be ranges such as"),
        (
            {"source_ip_cidrs": [f"10.0.{n}.0/24" for n in range(11)]},
            "source_ip_cidrs must have at most 10 ranges, got 11",
        ),
    ],
)
def test_fails_for_a_workforce_that_cannot_be(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PrivateWorkforce(Stack(), "Workforce", **changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"workers": ["ana"]}, "worker must be an e-mail address, got 'ana'"),
        ({"description": ""}, "description must have 1 to 200 characters, got 0"),
    ],
)
def test_fails_for_a_team_that_cannot_be(changes: dict[str, Any], message: str) -> None:
    stack = Stack()
    workforce = PrivateWorkforce(stack, "Workforce")
    with pytest.raises(ValueError, match=message):
        Workteam(stack, "Team", workforce=workforce, **changes)


def test_an_imported_team_knows_its_name_and_region() -> None:
    team = Workteam.from_workteam_arn(Stack(), "Team", TEAM_ARN)
    assert team.workteam_arn == TEAM_ARN
    assert team.workteam_name == "reviewers"
    assert team.portal_url is None


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:sagemaker:eu-west-1:111122223333:workteam/own-crowd/default",
        "arn:aws:sagemaker:eu-west-1:111122223333:workforce/default",
        "arn:aws:sagemaker:eu-west-1:111122223333:flow-definition/x",
        "reviewers",
    ],
)
def test_fails_for_the_arn_of_anything_but_a_team(arn: str) -> None:
    with pytest.raises(ValueError, match="workteam_arn must be the ARN of a work team"):
        Workteam.from_workteam_arn(Stack(), "Team", arn)


def test_fails_for_the_public_team_with_the_reason() -> None:
    arn = "arn:aws:sagemaker:eu-west-1:394669845002:workteam/public-crowd/default"
    with pytest.raises(ValueError, match="Mechanical Turk closed on 2026-09-30"):
        Workteam.from_workteam_arn(Stack(), "Team", arn)
