"""A2I service for the tests of code that uses A2I: see docs/local-a2i.md."""

from a2i_local.testing.local_a2i import LocalA2I

__all__ = ["LocalA2I"]
