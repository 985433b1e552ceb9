"""boto3 clients that see one local AWS and nothing of the caller's own AWS settings."""

import os
from collections.abc import Mapping
from typing import Any

import boto3
import botocore.session

# Neither AWS_PROFILE nor the files it names: the profile may not exist here.
_OWN_SETTINGS = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


def make_client(
    service: str, environment: Mapping[str, str], credentials: Mapping[str, str] | None = None
) -> Any:
    """Return a client for `LocalAws.environment`, as root or with credentials from STS."""
    keys = credentials or {
        "AccessKeyId": environment["AWS_ACCESS_KEY_ID"],
        "SecretAccessKey": environment["AWS_SECRET_ACCESS_KEY"],
    }
    session = boto3.Session(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys.get("SessionToken"),
        region_name=environment["AWS_REGION"],
        botocore_session=botocore.session.Session(session_vars=_OWN_SETTINGS),
    )
    return session.client(  # type: ignore[call-overload]
        service,
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        verify=environment["AWS_CA_BUNDLE"],
    )
