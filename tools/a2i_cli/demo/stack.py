"""The project's own stack, deployed to the local AWS by the real CDK CLI."""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from a2i_local.cdk_cli import CdkCli, python_app


class DemoStack:
    """The stack of app.py with workers of the demonstration and nothing retained.

    `name` is the stack's name in cdk.json; `assembly` is where its template is synthesised.
    """

    def __init__(
        self,
        root: Path,
        environment: Mapping[str, str],
        *,
        workers: Sequence[str],
        assembly: Path,
        on_progress: Callable[[str], None] | None = None,
    ) -> None:
        settings = json.loads((root / "cdk.json").read_text(encoding="utf-8"))
        self.name: str = settings["context"]["a2i"]["stackName"]
        self._assembly = assembly.absolute()
        self._cli = CdkCli(environment, project=root, progress=on_progress)
        self._context = {
            "a2i.workforce.workers": json.dumps(list(workers)),
            "a2i.data.removalPolicy": json.dumps("destroy"),
            "a2i.workforce.removalPolicy": json.dumps("destroy"),
            "a2i.nag": "false",  # `make synth` asks cdk-nag; here it only takes time
        }

    def deploy(self) -> None:
        """Synthesise app.py and deploy it.

        Raises:
            CdkCliError: the CLI failed; the message holds its last lines.
        """
        shutil.rmtree(self._assembly, ignore_errors=True)
        self._cli.synth(python_app(), self._assembly, context=self._context)
        self._cli.deploy(self._assembly, self.name)

    def destroy(self) -> None:
        """Destroy what was deployed, from the same synthesised template.

        Raises:
            CdkCliError: the CLI failed; the message holds its last lines.
        """
        self._cli.destroy(self._assembly, self.name)
