"""Workforces, work teams and sign-in of the people who review."""
