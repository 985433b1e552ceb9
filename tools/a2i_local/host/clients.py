"""boto3 clients and `/_a2i/admin` calls for one local AWS."""

import json
import os
import ssl
import urllib.request
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


_TIMEOUT_SECONDS = 10


def invitations_of(environment: Mapping[str, str]) -> list[dict[str, str | None]]:
    """Return the reviewers who have not signed in yet: username, email, temporaryPassword.

    `environment` is `LocalAws.environment`.
    """
    trusted = ssl.create_default_context(cafile=environment["AWS_CA_BUNDLE"])
    direct = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusted)
    )
    url = f"{environment['AWS_ENDPOINT_URL']}/_a2i/admin/invitations"
    with direct.open(url, timeout=_TIMEOUT_SECONDS) as response:
        found: list[dict[str, str | None]] = json.load(response)["invitations"]
    return found
