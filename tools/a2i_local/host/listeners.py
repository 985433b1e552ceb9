"""Listening sockets of the local AWS, bound before anything slow is loaded."""

import errno
import socket

from a2i_local.host.settings import LOOPBACK, LocalAwsError

_BACKLOG = 128
_PORTS = 65536


def listen(port: int, purpose: str) -> socket.socket:
    """Return a socket that listens on 127.0.0.1 only; port 0 takes any free one.

    LocalAwsError: the port is taken, or this user may not have it.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        raise LocalAwsError(_refusal(port, purpose, error)) from error
    return listener


def listen_where_last(port: int, last: int, purpose: str) -> socket.socket:
    """Listen like `listen`; where any port will do, on the last one if that is free."""
    if port == 0 and last != 0:
        try:
            return listen(last, purpose)
        except LocalAwsError:
            return listen(0, purpose)
    return listen(port, purpose)


def first_free_port(port: int) -> int:
    """Return `port`, or the next one that nothing listens on."""
    while port < _PORTS:
        try:
            listen(port, "a look").close()
        except LocalAwsError:
            port += 1
        else:
            return port
    return 0


def port_of(listener: socket.socket) -> int:
    """Return the port that `listener` was given."""
    port: int = listener.getsockname()[1]
    return port


def _refusal(port: int, purpose: str, error: OSError | OverflowError) -> str:
    if isinstance(error, OverflowError):
        return f"port {port} for {purpose} must be between 0 and 65535"
    if error.errno == errno.EADDRINUSE:
        return f"port {port} for {purpose} is in use: end what listens there, or choose another"
    return f"port {port} for {purpose} cannot be opened: {error.strerror}; choose another"
