"""Invites reviewers and keeps the members of a work team's group."""
