"""The one error of the local AWS; its message is a single line that a user can act on."""


class LocalAwsError(Exception):
    """The local AWS cannot start, is not what it should be, or has ended."""
