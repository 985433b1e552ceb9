"""Tells invited reviewers where their portal is."""
