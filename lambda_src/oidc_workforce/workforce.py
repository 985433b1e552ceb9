"""A workforce with an OpenID Connect provider, through the API.

CloudFormation's own type takes only word characters in client id and secret, which leaves out most
providers: their client ids are GUIDs, and their secrets hold any printable character.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from a2i_shared.errors import SecretUnusableError, WorkforceFailedError, WorkforceRefusedError

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import WorkforceTypeDef
    from mypy_boto3_secretsmanager import SecretsManagerClient

_HIDDEN = "<client secret>"


@dataclass(frozen=True)
class Wanted:
    """Properties of the resource.

    Attributes:
        name: WorkforceName.
        oidc_config: OidcConfig of CreateWorkforce, without the secret.
        client_secret_arn: Secret in Secrets Manager whose text is the client's secret.
        cidrs: Address ranges that the portal answers to; none means every address.
    """

    name: str
    oidc_config: Mapping[str, str]
    client_secret_arn: str
    cidrs: tuple[str, ...]

    @classmethod
    def parse(cls, properties: Mapping[str, Any]) -> Wanted:
        return cls(
            name=properties["WorkforceName"],
            oidc_config=properties["OidcConfig"],
            client_secret_arn=properties["ClientSecretArn"],
            cidrs=tuple(properties.get("SourceIpCidrs", ())),
        )


@dataclass(frozen=True)
class OidcWorkforces:
    """Every method raises WorkforceRefusedError with the service's words, but never the secret."""

    sagemaker: SageMakerClient
    secretsmanager: SecretsManagerClient

    def create(self, wanted: Wanted) -> None:
        """Create, unless an earlier attempt of the same request has done so."""
        existing = self.find(wanted.name)
        if existing is not None and _has(existing, wanted):
            return
        with self._hidden_secret(wanted) as secret:
            self.sagemaker.create_workforce(
                WorkforceName=wanted.name,
                OidcConfig=_oidc_config(wanted, secret),
                SourceIpConfig={"Cidrs": [*wanted.cidrs]},
            )

    def update(self, before: Wanted, wanted: Wanted) -> None:
        """Change address ranges and provider in place; a provider only while there are no teams.

        The provider is left alone unless it or its secret's ARN changed: A2I would refuse it.
        """
        if wanted.name != before.name:
            raise WorkforceRefusedError(
                f"workforce {before.name!r} cannot be renamed to {wanted.name!r}: keep the name, "
                "or delete the stack and the workforce first"
            )
        provider = (wanted.oidc_config, wanted.client_secret_arn)
        is_same = provider == (before.oidc_config, before.client_secret_arn)
        if is_same and wanted.cidrs == before.cidrs:
            return
        with self._hidden_secret(wanted) as secret:
            changed: Any = {} if is_same else {"OidcConfig": _oidc_config(wanted, secret)}
            self.sagemaker.update_workforce(
                WorkforceName=wanted.name, SourceIpConfig={"Cidrs": [*wanted.cidrs]}, **changed
            )

    def delete(self, name: str) -> None:
        """Begin the deletion; a workforce that is gone is no error."""
        if self.find(name) is None:
            return
        with _refusals(f"deleting workforce {name!r}"):
            self.sagemaker.delete_workforce(WorkforceName=name)

    def find(self, name: str) -> WorkforceTypeDef | None:
        """The workforce of this name; None where there is none."""
        with _refusals("listing workforces"):
            found = self.sagemaker.list_workforces(NameContains=name)["Workforces"]
        return next((each for each in found if each["WorkforceName"] == name), None)

    def active(self, name: str) -> WorkforceTypeDef | None:
        """The workforce once it is Active; None until then. Raises WorkforceFailedError."""
        found = self.find(name)
        if found is None or found.get("Status") == "Failed":
            reason = found.get("FailureReason", "no reason was given") if found else "it is gone"
            raise WorkforceFailedError(f"workforce {name!r} failed: {reason}")
        return found if found.get("Status") == "Active" else None

    @contextmanager
    def _hidden_secret(self, wanted: Wanted) -> Iterator[str]:
        """Yield the secret, and keep it out of the service's words, which the stack's events show.

        Raises SecretUnusableError: the secret has no text.
        """
        with _refusals(f"reading secret {wanted.client_secret_arn}"):
            found = self.secretsmanager.get_secret_value(SecretId=wanted.client_secret_arn)
        secret = found.get("SecretString")
        if not secret:
            raise SecretUnusableError(
                f"secret {wanted.client_secret_arn} holds no text: store the client's secret as "
                "plain text, not as key and value"
            )
        with _refusals(f"setting up workforce {wanted.name!r}", hidden=secret):
            yield secret


def _oidc_config(wanted: Wanted, secret: str) -> Any:
    return {**wanted.oidc_config, "ClientSecret": secret}


def _has(existing: WorkforceTypeDef, wanted: Wanted) -> bool:
    found: Mapping[str, Any] = existing.get("OidcConfig", {})
    return all(found.get(key) == value for key, value in wanted.oidc_config.items())


@contextmanager
def _refusals(doing: str, *, hidden: str = "") -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        said = f"{error.response['Error']['Code']}: {error.response['Error'].get('Message', '')}"
        if hidden:
            said = said.replace(hidden, _HIDDEN)
        # Without its cause, whose text would bring the secret back.
        raise WorkforceRefusedError(f"{doing} was refused ({said})") from None
