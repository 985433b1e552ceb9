"""Backends of a stack: where its human loops live, Amazon A2I or the account itself."""
