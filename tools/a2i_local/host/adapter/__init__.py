"""Everything that touches MiniStack: imported only after its environment is set."""
