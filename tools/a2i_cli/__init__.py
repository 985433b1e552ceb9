"""The `a2i` command."""
