"""A2I's runtime API for callers outside the stack's functions."""
