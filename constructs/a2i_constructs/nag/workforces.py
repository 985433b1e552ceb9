"""What stands in the workforce, and in what asks for an existing one."""

from a2i_constructs.functions.names import own_flow_definitions, own_workteams
from a2i_constructs.functions.on_event_provider import OnEventProvider
from a2i_constructs.nag import reasons
from a2i_constructs.nag.acknowledgement import (
    acknowledge,
    acknowledge_resource,
    acknowledge_versions,
    role_of,
)
from a2i_constructs.reviewers.private_workforce import PrivateWorkforce
from a2i_constructs.reviewers.workforce_lookup import WorkforceLookup
from a2i_constructs.reviewers.workteam_group import WorkteamGroupProvider


def acknowledge_on_event_provider(provider: OnEventProvider) -> None:
    """The framework's right to call the function behind it."""
    acknowledge_versions(provider.framework_role, provider.function)


def acknowledge_lookup(lookup: WorkforceLookup) -> None:
    """A list that has no resource level."""
    acknowledge_resource(
        role_of(lookup.provider.function),
        "*",
        "sagemaker:ListWorkforces knows no resource level; it tells of the region's one workforce",
    )


def acknowledge_workteam_groups(groups: WorkteamGroupProvider) -> None:
    """The stack's own teams, and the flow definitions that may use them."""
    role = role_of(groups.provider.function)
    acknowledge_resource(role, own_workteams(groups), reasons.OWN_TEAMS)
    acknowledge_resource(role, own_flow_definitions(groups), reasons.OWN_DEFINITIONS)
    acknowledge_resource(role, "*", reasons.LISTS)


def acknowledge_workforce(workforce: PrivateWorkforce) -> None:
    """How reviewers sign in."""
    acknowledge(
        workforce.user_pool,
        "COG2",
        "the setting workforce.mfa decides: reviewers sign in with an authenticator app of their "
        "own, which not every organisation hands out",
    )
    acknowledge(
        workforce.user_pool,
        "COG8",
        "the Plus tier is billed per reviewer and month; its threat protection guards open "
        "sign-up, and here nobody signs up: administrators invite each reviewer",
    )
