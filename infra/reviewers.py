"""Workforce and work team that the settings ask for."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from a2i_constructs import (
    AdoptedOidcWorkforce,
    AdoptedWorkforce,
    IWorkteam,
    OidcProvider,
    OidcWorkforce,
    OidcWorkteam,
    PrivateWorkforce,
    Workteam,
)
from infra.settings import OidcSettings, WorkforceSettings

Workforce = PrivateWorkforce | OidcWorkforce | AdoptedWorkforce | AdoptedOidcWorkforce

REMOVAL = {
    "retain": RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    "destroy": RemovalPolicy.DESTROY,
}
_MFA = {
    "off": cognito.Mfa.OFF,
    "optional": cognito.Mfa.OPTIONAL,
    "required": cognito.Mfa.REQUIRED,
}


def make_workforce(scope: Construct, settings: WorkforceSettings) -> Workforce | None:
    """Define the workforce, or the look at the one that is adopted; mode `workteam` needs none."""
    if settings.mode == "workteam":
        return None
    if settings.mode == "adopt":
        adopted = AdoptedOidcWorkforce if settings.identity == "oidc" else AdoptedWorkforce
        return adopted(
            scope,
            "Workforce",
            workforce_name=settings.name,
            removal_policy=REMOVAL[settings.removal_policy],
        )
    if settings.oidc is not None:
        return OidcWorkforce(
            scope,
            "Workforce",
            provider=_oidc_provider(scope, settings.oidc),
            workforce_name=settings.name,
            source_ip_cidrs=settings.source_ip_cidrs,
            removal_policy=REMOVAL[settings.removal_policy],
        )
    return PrivateWorkforce(
        scope,
        "Workforce",
        workforce_name=settings.name,
        mfa=_MFA[settings.mfa],
        source_ip_cidrs=settings.source_ip_cidrs,
        removal_policy=REMOVAL[settings.removal_policy],
    )


def make_workteam(
    scope: Construct, settings: WorkforceSettings, workforce: Workforce | None
) -> IWorkteam:
    """Define the team of the workforce, or use the one that the settings name."""
    if workforce is None:
        return Workteam.from_workteam_arn(scope, "Workteam", str(settings.workteam_arn))
    if isinstance(workforce, OidcWorkforce | AdoptedOidcWorkforce):
        return OidcWorkteam(scope, "Workteam", workforce=workforce, groups=settings.groups)
    return Workteam(scope, "Workteam", workforce=workforce, workers=settings.workers)


def _oidc_provider(scope: Construct, oidc: OidcSettings) -> OidcProvider:
    """The settings have the provider's fields, but for a secret that is named by its ARN."""
    key_arn = oidc.client_secret_kms_key_arn
    secret = secretsmanager.Secret.from_secret_attributes(
        scope,
        "ClientSecret",
        secret_complete_arn=oidc.client_secret_arn,
        encryption_key=kms.Key.from_key_arn(scope, "ClientSecretKey", key_arn) if key_arn else None,
    )
    fields = oidc.model_dump(exclude={"client_secret_arn", "client_secret_kms_key_arn"})
    return OidcProvider(client_secret=secret, **fields)
