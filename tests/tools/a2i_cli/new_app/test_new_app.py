"""From the wheel to a first review: an empty environment, an empty folder, the app's commands."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from worker_template import bundled_template_names

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[4]
TEMPLATES = bundled_template_names()
UV = Path(sys.executable).with_name("uv")


class Newcomer:
    """Somebody with an empty home, a virtual environment with the wheel, and an empty folder."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "reviews"
        self.folder.mkdir()
        self._binaries = home / ".venv/bin"
        cache = subprocess.run([UV, "cache", "dir"], capture_output=True, text=True, check=True)
        kept = ("TMPDIR", "SSL_CERT_FILE", "UV_DEFAULT_INDEX", "npm_config_registry", "LANG")
        self._environment = {
            **{name: os.environ[name] for name in kept if name in os.environ},
            "PATH": f"{self._binaries}:/usr/bin:/bin",
            "HOME": str(home),
            "UV_CACHE_DIR": cache.stdout.strip(),  # only so that nothing is downloaded twice
            "UV_SYSTEM_CERTS": "true",
            "NODE_USE_SYSTEM_CA": "1",
        }

    def run(self, *command: str | Path) -> str:
        """Run a command in the folder and return what it printed; print how long it took."""
        start = time.monotonic()
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        words = " ".join(Path(word).name for word in map(str, command[:4]))
        print(f"{time.monotonic() - start:6.1f} s  {words}")  # pytest -rP shows it
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def install(self) -> None:
        """Install the wheel with its extras, and pytest, at the versions that are tested."""
        dist, venv = self.folder.with_name("dist"), self._binaries.parent
        self.run(UV, "build", "--quiet", "--wheel", "--out-dir", dist, ROOT)
        [wheel] = dist.glob("a2i_constructs-*.whl")
        versions = self.folder.with_name("versions.txt")
        lines = (ROOT / "requirements.txt").read_text().splitlines()
        versions.write_text("\n".join(line for line in lines if "==" in line))
        self.run(UV, "venv", "--quiet", "--python", sys.executable, venv)
        install = (UV, "pip", "install", "--quiet", "--python", venv, "--constraint", versions)
        self.run(*install, f"{wheel}[cli,local]", "pytest")


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Newcomer:
    newcomer = Newcomer(tmp_path_factory.mktemp("home"))
    newcomer.install()
    templates = [word for name in TEMPLATES for word in ("--template", name)]
    newcomer.run("a2i", "init", *templates)
    newcomer.run("npm", "ci", "--no-audit", "--no-fund")
    return newcomer


def test_the_app_tests_itself(newcomer: Newcomer) -> None:
    assert f"{1 + 2 * len(TEMPLATES)} passed" in newcomer.run("pytest", "-q")


def test_the_app_demonstrates_itself(newcomer: Newcomer) -> None:
    newcomer.run("python", "demo.py", "run")
    rows = json.loads((newcomer.folder / "build/results.json").read_text())
    started = [row for row in rows if row["decision"] == "ReviewStarted"]
    assert {row["status"] for row in started} == {"Completed"}
    assert len({row["flow"] for row in started}) == len(TEMPLATES)
    assert len(started) < len(rows)


def test_the_app_synthesizes_without_credentials(newcomer: Newcomer) -> None:
    newcomer.run("npx", "cdk", "synth", "--quiet", "--no-notices", "--output", "cdk.out")
    assert (newcomer.folder / "cdk.out/HumanReview.template.json").is_file()


def test_the_linter_finds_nothing_in_the_app(newcomer: Newcomer) -> None:
    ruff = Path(sys.executable).with_name("ruff")
    select = ("--isolated", "--line-length", "100", "--select", "E,F,I,ANN,S", "--ignore", "S101")
    newcomer.run(ruff, "check", *select, "--extend-exclude", "cdk.out", ".")
