"""Work team API: groups of the workforce's user pool, or of its OIDC provider."""

from operator import attrgetter
from typing import Any

from a2i_core.human_loops.errors import ValidationException
from a2i_core.human_loops.runtime_operations import Parameters, Result
from a2i_core.human_loops.scope import Scope
from a2i_local.service.engine import Engine
from a2i_local.service.errors import ResourceInUse, ResourceLimitExceeded
from a2i_local.service.operation import Operation
from a2i_local.service.paging import page_of_offsets
from a2i_local.service.records import (
    FlowDefinition,
    FlowDefinitionStatus,
    Workforce,
    WorkforceStatus,
    Workteam,
)
from a2i_local.service.tags import tags_by_key
from a2i_local.service.workforces import rewrite_app_client

_SORT_KEYS = {"Name": attrgetter("name"), "CreateDate": attrgetter("created_at")}
_USABLE = {WorkforceStatus.ACTIVE, WorkforceStatus.UPDATING}


class Workteams:
    """CreateWorkteam, DescribeWorkteam, ListWorkteams, UpdateWorkteam, DeleteWorkteam."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._table = engine.state.workteams

    def operations(self) -> dict[str, Operation]:
        return {
            "CreateWorkteam": self.create,
            "DescribeWorkteam": self.describe,
            "ListWorkteams": self.list_workteams,
            "UpdateWorkteam": self.update,
            "DeleteWorkteam": self.delete,
        }

    def create(self, scope: Scope, parameters: Parameters) -> Result:
        name = parameters["WorkteamName"]
        if self._table.find(scope, name) is not None:
            raise ResourceInUse(f"A work team named {name} already exists")
        if len(self._table.created_in(scope)) >= self._engine.settings.max_workteams:
            raise ResourceLimitExceeded(
                f"The account has {self._engine.settings.max_workteams} work teams, as many as it"
                " may have: delete one first"
            )
        workforce = self._usable_workforce(scope, parameters.get("WorkforceName"))
        self._check_members(workforce, parameters["MemberDefinitions"])
        now = self._engine.clock.now()
        workteam = Workteam(
            scope=scope,
            name=name,
            created_at=now,
            updated_at=now,
            workforce_name=workforce.name,
            description=parameters["Description"],
            member_definitions=parameters["MemberDefinitions"],
            notification_configuration=parameters.get("NotificationConfiguration", {}),
            worker_access_configuration=parameters.get("WorkerAccessConfiguration"),
            tags=tags_by_key(parameters.get("Tags", [])),
        )
        self._table.put(workteam)
        rewrite_app_client(self._engine, workforce)
        return {"WorkteamArn": workteam.arn}

    def describe(self, scope: Scope, parameters: Parameters) -> Result:
        return {"Workteam": self._description(self._existing(scope, parameters["WorkteamName"]))}

    def list_workteams(self, scope: Scope, parameters: Parameters) -> Result:
        wanted = parameters.get("NameContains", "")
        matching = sorted(
            (team for team in self._table.in_scope(scope) if wanted in team.name),
            key=_SORT_KEYS[parameters.get("SortBy", "CreateDate")],
            reverse=parameters.get("SortOrder") == "Descending",
        )
        page, more = page_of_offsets(matching, parameters)
        return {"Workteams": [self._description(team) for team in page], **more}

    def update(self, scope: Scope, parameters: Parameters) -> Result:
        workteam = self._existing(scope, parameters["WorkteamName"])
        members = parameters.get("MemberDefinitions")
        if members is not None:
            self._check_members(self._usable_workforce(scope, workteam.workforce_name), members)
            workteam.member_definitions = members
        workteam.description = parameters.get("Description", workteam.description)
        workteam.notification_configuration = parameters.get(
            "NotificationConfiguration", workteam.notification_configuration
        )
        workteam.worker_access_configuration = parameters.get(
            "WorkerAccessConfiguration", workteam.worker_access_configuration
        )
        workteam.updated_at = self._engine.clock.now()
        self._table.put(workteam)
        return {"Workteam": self._description(workteam)}

    def delete(self, scope: Scope, parameters: Parameters) -> Result:
        workteam = self._existing(scope, parameters["WorkteamName"])
        flows = self._engine.state.flow_definitions.in_scope(scope)
        user = next((flow for flow in flows if _shows_tasks_to(flow, workteam)), None)
        if user is not None:
            raise ResourceInUse(
                f"Work team {workteam.name} is used by the flow definition {user.name}: delete"
                " that first"
            )
        self._table.remove(workteam)
        return {"Success": True}

    def _existing(self, scope: Scope, name: str) -> Workteam:
        workteam = self._table.find(scope, name)
        if workteam is None:
            raise ValidationException(f"The work team {name} does not exist")
        return workteam

    def _usable_workforce(self, scope: Scope, name: str | None) -> Workforce:
        workforces = list(self._engine.state.workforces.in_scope(scope))
        workforce = next((w for w in workforces if name in {None, w.name}), None)
        if workforce is None:
            named = f" with name {name}" if name else ""
            raise ValidationException(f"No workforce found{named}: create one first")
        if workforce.status not in _USABLE:
            raise ValidationException(
                f"Workforce {workforce.name} is {workforce.status}: it takes work teams when it"
                f" is {WorkforceStatus.ACTIVE}"
            )
        return workforce

    def _check_members(
        self, workforce: Workforce, member_definitions: list[dict[str, Any]]
    ) -> None:
        for definition in member_definitions:
            if len(definition) != 1:
                raise ValidationException(
                    "Each of MemberDefinitions must have exactly one of CognitoMemberDefinition"
                    " and OidcMemberDefinition"
                )
            if "CognitoMemberDefinition" in definition:
                self._check_cognito_member(workforce, definition["CognitoMemberDefinition"])
            else:
                _check_oidc_member(workforce, definition["OidcMemberDefinition"])

    def _check_cognito_member(self, workforce: Workforce, member: dict[str, str]) -> None:
        source = {"UserPool": member["UserPool"], "ClientId": member["ClientId"]}
        if source != workforce.cognito_config:
            raise ValidationException(
                f"The UserPool {member['UserPool']} and ClientId {member['ClientId']} must be"
                f" those of the workforce {workforce.name}"
            )
        group = member["UserGroup"]
        members = self._engine.host.group_members(
            member["UserPool"], group, account=workforce.scope.account
        )
        if members is None:
            raise ValidationException(
                f"The user group {group} does not exist in the user pool {member['UserPool']}"
            )

    def _description(self, workteam: Workteam) -> Result:
        workforce = self._engine.state.workforces.find(workteam.scope, workteam.workforce_name)
        return {
            "WorkteamName": workteam.name,
            "MemberDefinitions": workteam.member_definitions,
            "WorkteamArn": workteam.arn,
            "WorkforceArn": workteam.scope.arn("workforce", workteam.workforce_name),
            "Description": workteam.description,
            "SubDomain": workforce.sub_domain if workforce else None,
            "CreateDate": workteam.created_at,
            "LastUpdatedDate": workteam.updated_at,
            "NotificationConfiguration": workteam.notification_configuration,
            "WorkerAccessConfiguration": workteam.worker_access_configuration,
        }


def _shows_tasks_to(flow: FlowDefinition, workteam: Workteam) -> bool:
    has_failed = flow.status is FlowDefinitionStatus.FAILED
    return flow.workteam_arn == workteam.arn and not has_failed


def _check_oidc_member(workforce: Workforce, member: dict[str, Any]) -> None:
    if workforce.oidc_config is None:
        raise ValidationException(
            f"Workforce {workforce.name} uses Amazon Cognito: OidcMemberDefinition needs one with"
            " OidcConfig"
        )
    if not member.get("Groups"):
        raise ValidationException("OidcMemberDefinition must name at least one of Groups")
