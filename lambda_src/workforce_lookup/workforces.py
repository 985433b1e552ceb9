"""The region's private workforce against what the stack wants of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from a2i_core import workforce_remedies
from a2i_core.workforce_remedies import Identity
from a2i_shared.errors import WorkforceExistsError, WorkforceNotFoundError

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import WorkforceTypeDef


@dataclass(frozen=True)
class Workforce:
    """Name and identity provider that the settings give a workforce."""

    name: str
    identity: Identity


@dataclass(frozen=True)
class Workforces:
    sagemaker: SageMakerClient

    def require_free(self, wanted: Workforce, is_own: Callable[[str], bool]) -> None:
        """Raises WorkforceExistsError with the remedy, where another one is there.

        `is_own` says of an ARN whether it is the stack's own, from an earlier deployment.
        """
        existing = self._existing()
        if existing is None:
            return
        found = _as_settings(existing)
        if not is_own(existing["WorkforceArn"]):
            raise WorkforceExistsError(
                f"workforce {found.name!r} exists already, and a region has only one: "
                f"{workforce_remedies.adopt(found.name, found.identity)}"
            )
        if wanted != found:
            raise WorkforceExistsError(
                f"the stack has workforce {found.name!r} with identity {found.identity}, of which "
                f"neither can change, got {wanted.name!r} with {wanted.identity}: "
                f"{workforce_remedies.keep(found.name, found.identity)}"
            )

    def adopt(self, wanted: Workforce) -> dict[str, str]:
        """Attributes that a team needs of the workforce. Raises WorkforceNotFoundError."""
        existing = self._existing()
        if existing is None:
            raise WorkforceNotFoundError(
                f"workforce {wanted.name!r} is to be adopted, but the region has none: "
                f"{workforce_remedies.create(wanted.identity)}"
            )
        found = _as_settings(existing)
        if found.name != wanted.name:
            raise WorkforceNotFoundError(
                f"workforce {wanted.name!r} is to be adopted, but the region's is "
                f"{found.name!r}: {workforce_remedies.adopt_by_name(found.name)}"
            )
        if found.identity != wanted.identity:
            raise WorkforceNotFoundError(
                f"workforce {found.name!r} signs workers in with {found.identity}, not "
                f"{wanted.identity}: {workforce_remedies.adopt(found.name, found.identity)}"
            )
        cognito = existing.get("CognitoConfig", {"UserPool": "", "ClientId": ""})
        return {
            "WorkforceName": found.name,
            "WorkforceArn": existing["WorkforceArn"],
            "SubDomain": existing.get("SubDomain", ""),
            "UserPoolId": cognito["UserPool"],
            "ClientId": cognito["ClientId"],
        }

    def _existing(self) -> WorkforceTypeDef | None:
        found = self.sagemaker.list_workforces(MaxResults=1)["Workforces"]
        return found[0] if found else None


def _as_settings(existing: WorkforceTypeDef) -> Workforce:
    return Workforce(existing["WorkforceName"], "oidc" if existing.get("OidcConfig") else "cognito")
