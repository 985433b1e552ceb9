"""Read-only checks of `a2i preflight`."""
