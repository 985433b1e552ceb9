"""TLS certificate of one local AWS: made at each start, trusted by its own clients only."""

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

from trustme import CA

from a2i_local.host.settings import LOOPBACK

_VALIDITY = dt.timedelta(days=30)
_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files for the server, and the authority that its clients trust."""

    certificate: Path
    key: Path
    ca_certificate: Path


def issue_certificate(folder: Path) -> TlsFiles:
    """Write a certificate for 127.0.0.1 into `folder`, signed by an authority made for it.

    The authority's key is never written, so nothing else can be signed in its name.
    """
    authority = CA(organization_name="a2i local authority")
    server = authority.issue_cert(LOOPBACK, not_after=dt.datetime.now(dt.UTC) + _VALIDITY)
    [certificate] = server.cert_chain_pems
    files = TlsFiles(folder / "server.pem", folder / "server.key", folder / "ca.pem")
    _write(files.certificate, certificate.bytes())
    _write(files.key, server.private_key_pem.bytes())
    _write(files.ca_certificate, authority.cert_pem.bytes())
    return files


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
