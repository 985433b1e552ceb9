"""AWS protocols over botocore's models: JSON 1.1 (control plane), REST JSON (runtime)."""

from a2i_local.protocol.endpoint import call, handle

__all__ = ["call", "handle"]
