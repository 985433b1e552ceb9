"""Local AWS: the A2I service, the worker portal, and the host of all other services."""
