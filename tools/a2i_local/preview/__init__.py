"""`a2i template preview`: a worker task template in the browser while its author edits it."""

from a2i_local.preview.app import create_app, serve

__all__ = ["create_app", "serve"]
