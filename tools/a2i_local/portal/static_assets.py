"""Files that ship with the package, served with fixed headers."""

from collections.abc import Mapping
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope


class StaticAssets(StaticFiles):
    """Serves `directory`; every response carries `headers` and is checked for changes."""

    def __init__(self, directory: Path, headers: Mapping[str, str]) -> None:
        super().__init__(directory=directory)
        fixed = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}
        self._headers = {**headers, **fixed}

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(self._headers)
        return response
