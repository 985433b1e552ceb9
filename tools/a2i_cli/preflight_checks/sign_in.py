"""Check of the user pool that a workforce's people sign in with."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from a2i_cli.preflight_checks.findings import Finding, error, ok

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sagemaker import SageMakerClient

_CHECK = "sign-in"


def check_sign_in(
    sagemaker: "SageMakerClient",
    cognito: "CognitoIdentityProviderClient",
    lambda_: "LambdaClient",
) -> Iterator[Finding]:
    """Compare app client and pool of the region's workforce with what its portal needs.

    Nothing is found where there is none, or where a provider signs people in.
    """
    found = sagemaker.list_workforces(MaxResults=1)["Workforces"]
    source = found[0].get("CognitoConfig") if found else None
    if not source:
        return
    faults = [
        *_client_faults(cognito, source["UserPool"], source["ClientId"], found[0]["SubDomain"]),
        *_trigger_faults(cognito, lambda_, source["UserPool"]),
    ]
    yield from faults or [ok(_CHECK, "reviewers can sign in to the portal and be invited")]


def _client_faults(
    cognito: "CognitoIdentityProviderClient", user_pool: str, client_id: str, sub_domain: str
) -> Iterator[Finding]:
    client = cognito.describe_user_pool_client(UserPoolId=user_pool, ClientId=client_id)[
        "UserPoolClient"
    ]
    callback = f"https://{sub_domain}/oauth2/idpresponse"
    missing = [
        what
        for what, is_there in (
            (f"the callback {callback}", callback in client.get("CallbackURLs", ())),
            ("the code flow", "code" in client.get("AllowedOAuthFlows", ())),
            ("OAuth", client.get("AllowedOAuthFlowsUserPoolClient", False)),
        )
        if not is_there
    ]
    if missing:
        yield error(
            _CHECK,
            f"app client {client_id} lacks {', '.join(missing)}: nobody can sign in",
            "deploy a change of the stack that has the user pool, or set it in the app client",
        )


def _trigger_faults(
    cognito: "CognitoIdentityProviderClient", lambda_: "LambdaClient", user_pool: str
) -> Iterator[Finding]:
    triggers = cognito.describe_user_pool(UserPoolId=user_pool)["UserPool"].get("LambdaConfig", {})
    for trigger, function in triggers.items():
        if not isinstance(function, str) or ":function:" not in function:
            continue
        try:
            lambda_.get_function_configuration(FunctionName=function)
        except lambda_.exceptions.ResourceNotFoundException:
            yield error(
                _CHECK,
                f"trigger {trigger} of user pool {user_pool} names {function}, which is gone: "
                "Cognito refuses what would call it, such as invitations",
                "remove the trigger from the user pool",
            )
