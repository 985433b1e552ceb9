"""`make setup` behind a TLS proxy: its recipes trust the system's authorities, and say what fails.

A small index on 127.0.0.1 has a certificate of an authority that no tool brings along. The file of
that authority stands in for the system's store: as SSL_CERT_FILE, which names the store to OpenSSL,
Node and uv, and as the Makefile's SYSTEM_CERTS, the store's place for pip. uv reads SSL_CERT_FILE
in any case, so that it is told to read the store is a test of its own.
"""

import io
import json
import ssl
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[1]
WHEEL = "tiny-1.0-py3-none-any.whl"
RECIPES = {
    "uv": "$(call install,--dry-run --no-cache --index-url $(INDEX)/simple tiny)",
    "pip": "$(call pip_install,--dry-run --no-cache-dir --index-url $(INDEX)/simple tiny)",
    "npm": "$(BIN)/npm view tiny name --registry $(INDEX)/npm/ --fetch-retries 0",
}


@dataclass(frozen=True)
class Index:
    """A package index, and the file with the authority that signed its certificate."""

    url: str
    authority: Path

    def run(self, tool: str, folder: Path, *, known: bool) -> subprocess.CompletedProcess[str]:
        """Run a recipe of the Makefile where the system knows the authority, or does not."""
        environment = ["PATH=/usr/bin:/bin", f"HOME={folder}", "PIP_CONFIG_FILE=/dev/null"]
        environment += [
            "PIP_RETRIES=1",
            "UV_HTTP_RETRIES=0",
        ]  # pip names the cause when it tries again
        if known:
            environment.append(f"SSL_CERT_FILE={self.authority}")
        store = f"SYSTEM_CERTS={self.authority if known else ''}"
        recipe = f"try:\n\t@{RECIPES[tool]}"
        command = ["make", "--eval", recipe, f"INDEX={self.url}", store, "try"]
        return subprocess.run(
            ["env", "-i", *environment, *command],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    authority = trustme.CA()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Packages)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    file = tmp_path_factory.mktemp("system") / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    yield Index(f"https://127.0.0.1:{server.server_port}", file)
    server.shutdown()
    server.server_close()


class Packages(BaseHTTPRequestHandler):
    """Serves one package of Python and one of Node."""

    def do_GET(self) -> None:
        self.wfile.write(self._head())

    def do_HEAD(self) -> None:
        self._head()

    def _head(self) -> bytes:
        answers = {
            "/simple/tiny/": ("text/html", f'<a href="/{WHEEL}">{WHEEL}</a>'.encode()),
            f"/{WHEEL}": ("application/octet-stream", wheel()),
            "/npm/tiny": ("application/json", json.dumps(npm_package()).encode()),
        }
        kind, body = answers.get(self.path, ("text/plain", b""))
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return body

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its name
        """Keep the test's output clean."""


def wheel() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        info = "tiny-1.0.dist-info"
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return content.getvalue()


def npm_package() -> dict[str, object]:
    version = {"name": "tiny", "version": "1.0.0", "dist": {}}
    return {"name": "tiny", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}


@pytest.mark.parametrize("tool", RECIPES)
def test_trusts_an_authority_that_only_the_system_knows(
    tool: str, index: Index, tmp_path: Path
) -> None:
    done = index.run(tool, tmp_path, known=True)
    assert done.returncode == 0, done.stderr
    assert "could not" not in done.stderr


@pytest.mark.parametrize("tool", RECIPES)
def test_says_why_an_unknown_authority_fails(tool: str, index: Index, tmp_path: Path) -> None:
    done = index.run(tool, tmp_path, known=False)
    assert done.returncode != 0
    assert "certificate" in done.stderr


def test_uv_is_told_to_read_the_systems_store() -> None:
    recipe = "try:\n\t@echo $$UV_SYSTEM_CERTS"
    command = ["env", "-i", "PATH=/usr/bin:/bin", "make", "--eval", recipe, "try"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "true\n"
