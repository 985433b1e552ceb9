"""Worker portal: reviewers see, accept and answer the tasks of human loops."""

from a2i_local.portal.app import create_app

__all__ = ["create_app"]
