"""The embedded local AWS: MiniStack with the A2I service in it, and the worker portal.

`LocalAws.start()` runs it as a child process that never outlives its parent;
`python -m a2i_local.host` is that process.
"""

from a2i_local.host.local_aws import LocalAws
from a2i_local.host.settings import LocalAwsError

__all__ = ["LocalAws", "LocalAwsError"]
