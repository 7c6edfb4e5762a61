"""SIGTERM: what was begun is answered, and nobody connects any more to who will not answer."""

from __future__ import annotations

import signal
import socket
from contextlib import closing

from tests.kit.machines import until


def test_a_server_that_stops_answers_what_was_begun_and_refuses_the_rest_at_once(stack):
    api = stack.run_api(BANYAN_WEB_WORKERS="2")
    address = ("127.0.0.1", int(api.url.rpartition(":")[2]))

    def refuses():
        try:
            socket.create_connection(address, timeout=1).close()
        except ConnectionRefusedError:
            return True
        return False

    with closing(socket.create_connection(address, timeout=10)) as begun:
        begun.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
        until(lambda: api.answers)
        api.ask_to_end(signal.SIGTERM)
        until(refuses)
        assert api.is_running
        begun.sendall(b"\r\n")
        answer = begun.recv(4096)

    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b"connection: close" in answer.lower()
    until(lambda: not api.is_running)
