"""Keeps worker task templates of the account's human loops."""
