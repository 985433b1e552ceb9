"""Workforce API: one per account and region, backed by a Cognito user pool or an OIDC provider."""

import secrets
import string
from collections.abc import Callable
from datetime import datetime
from typing import Any

from a2i_core.human_loops.errors import ValidationException
from a2i_core.human_loops.runtime_operations import Parameters, Result
from a2i_core.human_loops.scope import Scope
from a2i_local.service.engine import Engine
from a2i_local.service.errors import ResourceInUse, UpdateConflict
from a2i_local.service.operation import Operation
from a2i_local.service.paging import page_of_offsets
from a2i_local.service.records import Workforce, WorkforceStatus
from a2i_local.service.reviewers import is_range
from a2i_local.service.tags import tags_by_key

_SUB_DOMAIN_ALPHABET = string.ascii_lowercase + string.digits
_SUB_DOMAIN_LENGTH = 10
_MAX_CIDRS = 10


class Workforces:
    """CreateWorkforce, DescribeWorkforce, ListWorkforces, UpdateWorkforce, DeleteWorkforce."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._table = engine.state.workforces

    def operations(self) -> dict[str, Operation]:
        return {
            "CreateWorkforce": self.create,
            "DescribeWorkforce": self.describe,
            "ListWorkforces": self.list_workforces,
            "UpdateWorkforce": self.update,
            "DeleteWorkforce": self.delete,
        }

    def resume(self) -> None:
        """Resume the transitions that a restart interrupted."""
        for workforce in self._table:
            if workforce.status is WorkforceStatus.DELETING:
                self._after_transition(workforce, self._remove)
            elif workforce.status is not WorkforceStatus.ACTIVE:
                self._after_transition(workforce, self._activate)

    def create(self, scope: Scope, parameters: Parameters) -> Result:
        self._require_none(scope)
        self._check_identity(scope, parameters)
        now = self._engine.clock.now()
        workforce = Workforce(
            scope=scope,
            name=parameters["WorkforceName"],
            created_at=now,
            updated_at=now,
            status=WorkforceStatus.INITIALIZING,
            sub_domain=_new_sub_domain(scope),
            cognito_config=parameters.get("CognitoConfig"),
            oidc_config=_without_secret(parameters.get("OidcConfig")),
            cidrs=_cidrs(parameters) or [],
            vpc_config=_vpc_config(parameters.get("WorkforceVpcConfig")),
            ip_address_type=parameters.get("IpAddressType", "ipv4"),
            tags=tags_by_key(parameters.get("Tags", [])),
        )
        self._table.put(workforce)
        self._after_transition(workforce, self._activate)
        return {"WorkforceArn": workforce.arn}

    def describe(self, scope: Scope, parameters: Parameters) -> Result:
        return {"Workforce": _description(self._existing(scope, parameters["WorkforceName"]))}

    def list_workforces(self, scope: Scope, parameters: Parameters) -> Result:
        wanted = parameters.get("NameContains", "")
        matching = [w for w in self._table.in_scope(scope) if wanted in w.name]
        page, more = page_of_offsets(matching, parameters)
        return {"Workforces": [_description(workforce) for workforce in page], **more}

    def update(self, scope: Scope, parameters: Parameters) -> Result:
        workforce = self._existing(scope, parameters["WorkforceName"])
        if workforce.status is not WorkforceStatus.ACTIVE:
            raise UpdateConflict(
                f"Workforce {workforce.name} is {workforce.status}: it can be updated when it is"
                f" {WorkforceStatus.ACTIVE}"
            )
        self._apply_update(workforce, parameters)
        workforce.status = WorkforceStatus.UPDATING
        workforce.updated_at = self._engine.clock.now()
        self._table.put(workforce)
        self._after_transition(workforce, self._activate)
        return {"Workforce": _description(workforce)}

    def delete(self, scope: Scope, parameters: Parameters) -> Result:
        workforce = self._existing(scope, parameters["WorkforceName"])
        if any(self._engine.state.workteams.in_scope(scope)):
            raise ResourceInUse(
                f"Workforce {workforce.name} still has work teams: delete them first"
            )
        if workforce.status is not WorkforceStatus.DELETING:
            workforce.status = WorkforceStatus.DELETING
            self._table.put(workforce)
            self._after_transition(workforce, self._remove)
        return {}

    def _existing(self, scope: Scope, name: str) -> Workforce:
        workforce = self._table.find(scope, name)
        if workforce is None:
            raise ValidationException(f"No workforce found with name {name}")
        return workforce

    def _require_none(self, scope: Scope) -> None:
        if len(self._table.created_in(scope)):
            raise ValidationException(
                f"Cannot create more than one workforce for account {scope.account}. If you are"
                " trying to update existing workforce, please use UpdateWorkforce API"
            )

    def _check_identity(self, scope: Scope, parameters: Parameters) -> None:
        cognito = parameters.get("CognitoConfig")
        if (cognito is None) == (parameters.get("OidcConfig") is None):
            raise ValidationException(
                "Exactly one of CognitoConfig and OidcConfig must be specified"
            )
        if cognito is not None:
            self._check_user_pool(scope, cognito["UserPool"], cognito["ClientId"])

    def _check_user_pool(self, scope: Scope, user_pool_id: str, client_id: str) -> None:
        client = self._engine.host.user_pool_client(user_pool_id, client_id, account=scope.account)
        if client is None:
            raise ValidationException(
                f"The Cognito user pool {user_pool_id} or its app client {client_id} does not exist"
            )
        if not client.has_domain:
            raise ValidationException(
                f"The Cognito user pool {user_pool_id} has no domain: create one before the"
                " workforce"
            )
        if not client.has_secret:
            raise ValidationException(
                f"The app client {client_id} of the Cognito user pool {user_pool_id} has no"
                " secret: create one with a secret"
            )

    def _apply_update(self, workforce: Workforce, parameters: Parameters) -> None:
        oidc = parameters.get("OidcConfig")
        if oidc is not None:
            self._require_oidc_can_change(workforce)
        cidrs = _cidrs(parameters)
        vpc_config = parameters.get("WorkforceVpcConfig")
        vpc = workforce.vpc_config if vpc_config is None else _vpc_config(vpc_config)
        workforce.oidc_config = _without_secret(oidc) or workforce.oidc_config
        workforce.cidrs = workforce.cidrs if cidrs is None else cidrs
        workforce.vpc_config = vpc
        workforce.ip_address_type = parameters.get("IpAddressType", workforce.ip_address_type)

    def _require_oidc_can_change(self, workforce: Workforce) -> None:
        if workforce.oidc_config is None:
            raise ValidationException(
                f"Workforce {workforce.name} uses Amazon Cognito: its identity provider cannot"
                " be changed"
            )
        if any(self._engine.state.workteams.in_scope(workforce.scope)):
            raise ValidationException(
                f"Workforce {workforce.name} still has work teams: OidcConfig can only be"
                " updated without them"
            )

    def _after_transition(self, workforce: Workforce, action: Callable[[Workforce], None]) -> None:
        due = self._engine.clock.now() + self._engine.settings.workforce_transition

        def run(_now: datetime) -> None:
            action(workforce)

        self._engine.schedule.at(due, run)

    def _activate(self, workforce: Workforce) -> None:
        if workforce.status is WorkforceStatus.INITIALIZING:
            rewrite_app_client(self._engine, workforce)
        if workforce.status is not WorkforceStatus.DELETING:
            workforce.status = WorkforceStatus.ACTIVE
            self._table.put(workforce)

    def _remove(self, workforce: Workforce) -> None:
        self._table.remove(workforce)


def rewrite_app_client(engine: Engine, workforce: Workforce) -> None:
    """Set the sign-in settings of the workforce's app client, whatever they were.

    AWS documents that CreateWorkforce and CreateWorkteam need permission to update the client, and
    not what they write. Here it is less than the portal needs, so that nothing relies on it.
    """
    if workforce.cognito_config is not None:
        engine.host.rewrite_user_pool_client(
            workforce.cognito_config["UserPool"],
            workforce.cognito_config["ClientId"],
            {
                "AllowedOAuthFlows": ["code"],
                "AllowedOAuthFlowsUserPoolClient": True,
                "AllowedOAuthScopes": ["openid"],
                "CallbackURLs": [f"https://{workforce.sub_domain}/oauth2/idpresponse"],
                "LogoutURLs": [],
                "SupportedIdentityProviders": ["COGNITO"],
            },
            account=workforce.scope.account,
        )


def _new_sub_domain(scope: Scope) -> str:
    label = "".join(secrets.choice(_SUB_DOMAIN_ALPHABET) for _ in range(_SUB_DOMAIN_LENGTH))
    return f"{label}.labeling.{scope.region}.sagemaker.aws"


def _without_secret(oidc_config: dict[str, Any] | None) -> dict[str, Any] | None:
    if oidc_config is None:
        return None
    return {name: value for name, value in oidc_config.items() if name != "ClientSecret"}


def _cidrs(parameters: Parameters) -> list[str] | None:
    if "SourceIpConfig" not in parameters:
        return None
    cidrs: list[str] = parameters["SourceIpConfig"]["Cidrs"]
    if len(cidrs) > _MAX_CIDRS:
        raise ValidationException(
            f"SourceIpConfig can hold at most {_MAX_CIDRS} CIDRs, got {len(cidrs)}"
        )
    for cidr in cidrs:
        # The model's pattern lets through what is no range, such as s::/0.
        if not is_range(cidr):
            raise ValidationException(f"'{cidr}' in SourceIpConfig is not a range of IP addresses")
    return cidrs


def _vpc_config(config: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the configuration as it is described; an empty one means no VPC."""
    if not config:
        return None
    missing = [k for k in ("VpcId", "SecurityGroupIds", "Subnets") if k not in config]
    if missing:
        raise ValidationException(f"WorkforceVpcConfig lacks {', '.join(missing)}")
    return {**config, "VpcEndpointId": f"vpce-{secrets.token_hex(8)}"}


def _description(workforce: Workforce) -> Result:
    return {
        "WorkforceName": workforce.name,
        "WorkforceArn": workforce.arn,
        "LastUpdatedDate": workforce.updated_at,
        "SourceIpConfig": {"Cidrs": workforce.cidrs},
        "SubDomain": workforce.sub_domain,
        "CognitoConfig": workforce.cognito_config,
        "OidcConfig": workforce.oidc_config,
        "CreateDate": workforce.created_at,
        "WorkforceVpcConfig": workforce.vpc_config,
        "Status": workforce.status.value,
        "IpAddressType": workforce.ip_address_type,
    }
