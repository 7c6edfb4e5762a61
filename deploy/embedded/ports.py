"""Ports, held from the moment they are chosen: one that was only seen to be free may be gone."""

from __future__ import annotations

import contextlib
import socket

LOOPBACK = "127.0.0.1"
NEAR = 100


def listen(port: int = 0, host: str = LOOPBACK) -> socket.socket:
    """
    Return a socket that listens on the port, or on any; whoever starts a server hands it over.

    :raises OSError: if the port is taken, or the host is not of this machine
    """
    held = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        # As servers do: a connection in TIME_WAIT does not make a port taken.
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((host, port))
        # Bound alone is not held: Linux lets two such sockets bind, and one of them listen.
        held.listen(socket.SOMAXCONN)
    except OSError:
        held.close()
        raise
    return held


def hold_near(wanted: int, host: str = LOOPBACK) -> socket.socket:
    """
    Return a socket that listens on the wanted port, or the next free one of the hundred after it, or any.

    :raises OSError: if the host is not of this machine
    """
    for port in range(wanted, min(wanted + NEAR, 65_536)):
        with contextlib.suppress(OSError):
            if host != LOOPBACK or not _is_taken_by_name(port):
                return listen(port, host)
    return listen(0, host)


def port_of(held: socket.socket) -> int:
    """Return the port that a socket listens on."""
    port: int = held.getsockname()[1]
    return port


def free_port() -> int:
    """Return a port that is free now, for whoever can only be given a number."""
    with listen() as held:
        return port_of(held)


def _is_taken_by_name(port: int) -> bool:
    """Return whether `localhost` would lead to somebody else: it may mean ::1 before 127.0.0.1."""
    with contextlib.suppress(OSError), socket.create_connection(("::1", port), 0.2):
        return True
    return False
