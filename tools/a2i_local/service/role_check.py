"""Whether the service may act as a role that a request passes."""

from a2i_local.service.errors import ValidationException
from a2i_local.service.host import Host

SERVICE_PRINCIPAL = "sagemaker.amazonaws.com"


def require_assumable(host: Host, role_arn: str) -> None:
    """Raise ValidationException unless the role exists and trusts SageMaker."""
    if not host.role_trusts(role_arn, SERVICE_PRINCIPAL):
        raise ValidationException(
            f"Could not assume role {role_arn}. Please ensure that the role exists and allows"
            f" principal '{SERVICE_PRINCIPAL}' to assume the role."
        )
