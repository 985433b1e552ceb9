"""The stack's flow definitions: what creates, drains and counts them shares this."""
