"""Remedies where the region's one workforce is not what a stack wants.

Each is given twice: in the keys of cdk.json for the app of this project, and in the constructs of
the library for an app of one's own. A function in the account cannot know which of them it serves.
"""

import json
from dataclasses import dataclass
from typing import Literal

Identity = Literal["cognito", "oidc"]
"""The provider that signs the workers in: a Cognito user pool, or one of OpenID Connect."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """One remedy for both kinds of app; as text it gives both.

    Attributes:
        in_settings: The remedy in the keys of cdk.json.
        in_own_app: The remedy in the library's constructs.
    """

    in_settings: str
    in_own_app: str

    def __str__(self) -> str:
        return f"{self.in_settings}; in an app of your own, {self.in_own_app}"


def adopt(name: str, identity: Identity) -> Remedy:
    """Return how a stack uses the workforce that exists."""
    settings = {"mode": "adopt", "name": name, "identity": identity}
    if identity == "oidc":
        return Remedy(
            f"set a2i.workforce to {json.dumps(settings | {'groups': ['<GROUP>']})}, with groups "
            "of the identity provider",
            f'define AdoptedOidcWorkforce(self, "Workforce", workforce_name="{name}"), and '
            "OidcWorkteam with groups of the identity provider",
        )
    return Remedy(
        f"set a2i.workforce to {json.dumps(settings)}",
        f'define AdoptedWorkforce(self, "Workforce", workforce_name="{name}")',
    )


def adopt_by_name(name: str) -> Remedy:
    """Return how a stack that adopts another name uses the workforce that exists."""
    return Remedy(f'set a2i.workforce.name to "{name}"', f'pass workforce_name="{name}"')


def create(identity: Identity) -> Remedy:
    """Return how a stack that would adopt makes the workforce itself."""
    if identity == "oidc":
        return Remedy(
            'set a2i.workforce.mode to "create-oidc", describe the identity provider in '
            "a2i.workforce.oidc, and drop a2i.workforce.identity",
            "define OidcWorkforce",
        )
    return Remedy('set a2i.workforce.mode to "create"', "define PrivateWorkforce")


def keep(name: str, identity: Identity) -> Remedy:
    """Return how a stack goes on with the workforce that it has made."""
    mode, construct = (
        ("create-oidc", "OidcWorkforce") if identity == "oidc" else ("create", "PrivateWorkforce")
    )
    return Remedy(
        f'keep a2i.workforce.mode "{mode}" and name "{name}", or delete the stack and the '
        "workforce first",
        f'keep {construct} with workforce_name="{name}", or delete both first',
    )
