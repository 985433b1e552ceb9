"""The wire: JSON 1.1 for the control plane, REST JSON for the runtime, over botocore's models."""

from a2i_local.protocol.endpoint import call, handle

__all__ = ["call", "handle"]
