"""The certificate that a local AWS makes for itself."""

import datetime as dt
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from a2i_local.host.certificates import issue_certificate


def load(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_is_for_the_loopback_only(tmp_path: Path) -> None:
    certificate = load(issue_certificate(tmp_path).certificate)

    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert list(names) == [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]


def test_is_signed_by_its_own_authority(tmp_path: Path) -> None:
    files = issue_certificate(tmp_path)

    load(files.certificate).verify_directly_issued_by(load(files.ca_certificate))


def test_the_authority_may_sign_and_the_server_may_not(tmp_path: Path) -> None:
    files = issue_certificate(tmp_path)

    constraints = [
        load(path).extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        for path in (files.ca_certificate, files.certificate)
    ]
    assert constraints == [True, False]


def test_the_authoritys_key_is_written_nowhere(tmp_path: Path) -> None:
    authority = load(issue_certificate(tmp_path).ca_certificate).public_key()

    keys = [
        serialization.load_pem_private_key(path.read_bytes(), password=None).public_key()
        for path in tmp_path.iterdir()
        if b"PRIVATE KEY" in path.read_bytes()
    ]
    assert len(keys) == 1
    assert authority not in keys


def test_every_file_is_the_owners_only(tmp_path: Path) -> None:
    issue_certificate(tmp_path)

    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_is_valid_now_and_not_for_long(tmp_path: Path) -> None:
    certificate = load(issue_certificate(tmp_path).certificate)
    now = dt.datetime.now(dt.UTC)

    assert certificate.not_valid_before_utc < now
    assert certificate.not_valid_after_utc - now < dt.timedelta(days=31)


def test_two_starts_trust_each_other_never(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    one, two = (issue_certificate(folder) for folder in folders)

    assert load(one.ca_certificate).public_key() != load(two.ca_certificate).public_key()
