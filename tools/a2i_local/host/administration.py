"""What `/_a2i/admin` of a running local AWS tells."""

import json
import ssl
import urllib.request
from collections.abc import Mapping

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
