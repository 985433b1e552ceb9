"""The region's private workforce against what the stack wants of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from a2i_shared.errors import WorkforceExistsError, WorkforceNotFoundError

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import WorkforceTypeDef


@dataclass(frozen=True)
class Workforces:
    sagemaker: SageMakerClient

    def require_none(self, is_own: Callable[[str], bool]) -> None:
        """Raises WorkforceExistsError with the settings that adopt the one that is there.

        `is_own` says of an ARN whether it is the stack's own, from an earlier deployment.
        """
        existing = self._existing()
        if existing is None or is_own(existing["WorkforceArn"]):
            return
        name = existing["WorkforceName"]
        raise WorkforceExistsError(
            f"workforce {name!r} exists already, and a region has only one: set a2i.workforce to "
            f'{{"mode": "adopt", "name": "{name}", "identity": "{_identity(existing)}"}}'
        )

    def adopt(self, name: str, identity: str) -> dict[str, str]:
        """What a team needs to know of the workforce. Raises WorkforceNotFoundError."""
        existing = self._existing()
        if existing is None:
            raise WorkforceNotFoundError(
                f"workforce {name!r} is to be adopted, but the region has none: set "
                'a2i.workforce.mode to "create"'
            )
        if existing["WorkforceName"] != name:
            raise WorkforceNotFoundError(
                f"workforce {name!r} is to be adopted, but the region's is "
                f"{existing['WorkforceName']!r}: set a2i.workforce.name to it"
            )
        if _identity(existing) != identity:
            raise WorkforceNotFoundError(
                f"workforce {name!r} signs workers in with {_identity(existing)}, not {identity}: "
                f'set a2i.workforce.identity to "{_identity(existing)}"'
            )
        cognito = existing.get("CognitoConfig", {"UserPool": "", "ClientId": ""})
        return {
            "WorkforceName": name,
            "WorkforceArn": existing["WorkforceArn"],
            "SubDomain": existing.get("SubDomain", ""),
            "UserPoolId": cognito["UserPool"],
            "ClientId": cognito["ClientId"],
        }

    def _existing(self) -> WorkforceTypeDef | None:
        found = self.sagemaker.list_workforces(MaxResults=1)["Workforces"]
        return found[0] if found else None


def _identity(workforce: WorkforceTypeDef) -> str:
    return "oidc" if workforce.get("OidcConfig") else "cognito"
