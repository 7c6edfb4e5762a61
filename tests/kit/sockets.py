"""Sockets of clients, as an integrator writes them: a ticket, a connection, frames."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.kit.client import Client
from tests.kit.machines import TIMEOUT

Frame = dict[str, Any]


class Socket:
    """One connection of one client."""

    def __init__(self, url: str, ticket: str, since: int | None = None, **options: Any) -> None:
        address = f"{url.replace('http', 'ws', 1)}/v1/realtime?ticket={ticket}"
        if since is not None:
            address += f"&since={since}"
        options.setdefault("origin", url)
        self.connection: ClientConnection = connect(address, compression=None, **options)

    def next(self, within: float = TIMEOUT) -> Frame:
        """Return the next frame; fails the test if none comes in time."""
        frame: Frame = json.loads(self.connection.recv(timeout=within))
        return frame

    def until(self, wanted: Callable[[Frame], bool], within: float = TIMEOUT) -> list[Frame]:
        """Return frames up to the first that is wanted."""
        frames = [self.next(within)]
        while not wanted(frames[-1]):
            frames.append(self.next(within))
        return frames

    def ask(self, op: str, topic: str | None = None) -> Frame:
        """Send a frame and return what it is answered, whatever is told meanwhile."""
        self.connection.send(json.dumps({"op": op} | ({} if topic is None else {"topic": topic})))
        return self.until(lambda frame: frame.get("op") in ("ack", "error", "pong"))[-1]

    def quiet(self) -> list[Frame]:
        """Return what has come until the answer to a ping: everything that was told before that."""
        self.connection.send('{"op": "ping"}')
        return self.until(lambda frame: frame.get("op") == "pong")[:-1]

    def closed(self, within: float = TIMEOUT) -> int:
        """Return the code with which the server closes, whatever it still says before."""
        with suppress(ConnectionClosed):
            while True:
                self.connection.recv(timeout=within)
        assert self.connection.close_code is not None
        return self.connection.close_code

    def close(self) -> None:
        """Leave."""
        self.connection.close()


def ticket_of(client: Client) -> str:
    """Buy a ticket."""
    answer = client.call("POST", "/v1/realtime/tickets")
    assert answer.status == 201, answer
    return str(answer.body["ticket"])


def open_socket(client: Client, url: str, since: int | None = None, **options: Any) -> Socket:
    """Return a socket of a client at a process, which has said hello."""
    socket = Socket(url, ticket_of(client), since, **options)
    socket.hello = socket.next()  # type: ignore[attr-defined]
    assert socket.hello["op"] == "hello", socket.hello  # type: ignore[attr-defined]
    return socket
