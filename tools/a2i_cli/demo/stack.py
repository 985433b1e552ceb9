"""The project's own stack, deployed to the local AWS by the real CDK CLI."""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from a2i_local.cdk_cli import CdkCli


class DemoStack:
    """The stack of app.py with two reviewers and nothing retained.

    `name` is the stack's name in cdk.json.
    """

    def __init__(self, root: Path, environment: Mapping[str, str], workers: Sequence[str]) -> None:
        settings = json.loads((root / "cdk.json").read_text(encoding="utf-8"))
        self.name: str = settings["context"]["a2i"]["stackName"]
        self._root = root
        self._assembly = root / "build" / "demo" / "cdk.out"
        self._cli = CdkCli(environment)
        self._context = {
            "a2i.workforce.workers": json.dumps(list(workers)),
            "a2i.data.removalPolicy": json.dumps("destroy"),
        }

    def deploy(self, on_progress: Callable[[str], None]) -> None:
        """Synthesise app.py and deploy it.

        Raises:
            CdkCliError: the CLI failed; the message holds its last lines.
        """
        shutil.rmtree(self._assembly, ignore_errors=True)
        self._cli.deploy(
            app="python3 app.py",
            stack=self.name,
            context=self._context,
            directory=self._root,
            output=self._assembly,
            on_progress=on_progress,
        )

    def destroy(self, on_progress: Callable[[str], None]) -> None:
        """Destroy what was deployed, from the same synthesised template.

        Raises:
            CdkCliError: the CLI failed; the message holds its last lines.
        """
        self._cli.destroy(
            app=str(self._assembly),
            stack=self.name,
            directory=self._root,
            on_progress=on_progress,
        )
