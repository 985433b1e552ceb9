"""Bundled Lambda functions, their permissions, and names and checks that constructs share."""
