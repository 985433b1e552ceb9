"""Adapter to MiniStack: imported only after its environment is set."""
